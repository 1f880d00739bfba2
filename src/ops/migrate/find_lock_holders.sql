-- The sessions that hold locks on tables, in words: one of them has what a migration waited for.
SELECT string_agg(format('%s, pid %s, since %s s: %s', coalesce(nullif(a.application_name, ''), 'unnamed'), a.pid,
                         extract(epoch FROM now() - a.xact_start)::int, left(a.query, 60)), '; ' ORDER BY a.xact_start)
  FROM pg_stat_activity a
 WHERE a.pid <> pg_backend_pid() AND a.datname = current_database()
   AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation >= 16384)
