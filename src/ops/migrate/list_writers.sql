-- The other sessions of this database, and how many rows all of them have written so far; those that write now first.
SELECT coalesce(nullif(a.application_name, ''), 'unnamed'), a.pid, a.state, left(a.query, 60),
       a.backend_xid IS NOT NULL OR EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                                             WHERE l.pid = a.pid AND l.granted AND l.mode = 'RowExclusiveLock'
                                               AND c.relnamespace = 'public'::regnamespace) AS writes
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
   AND a.usename IS NOT NULL
 ORDER BY 5 DESC, 2
