-- Who has a table for himself or wants it so, in words; with $1 only while somebody waits to read. NULL: nobody.
SELECT string_agg(format('%s, pid %s, since %s s: %s', coalesce(nullif(a.application_name, ''), 'unnamed'), a.pid,
                         extract(epoch FROM now() - a.xact_start)::int, left(a.query, 60)), '; ' ORDER BY a.xact_start)
  FROM pg_stat_activity a
 WHERE a.datname = current_database()
   AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')
   AND (NOT $1::bool OR EXISTS (SELECT FROM pg_locks w WHERE NOT w.granted AND w.locktype = 'relation' AND w.mode = 'AccessShareLock'))
