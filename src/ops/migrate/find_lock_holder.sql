-- Who holds one of the locks $1 and $2 on this database, in words.
SELECT format('%s, pid %s, %s since %s UTC', coalesce(nullif(a.application_name, ''), 'unnamed'), a.pid,
              coalesce('from ' || host(a.client_addr), 'on this machine'), to_char(a.backend_start, 'HH24:MI:SS'))
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = a.datid AND a.datname = current_database()
   AND (l.classid::int8 << 32 | l.objid::int8) IN ($1::int8, $2::int8) LIMIT 1
