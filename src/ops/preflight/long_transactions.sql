-- Transactions of this database that have been open for longer than $1 seconds: who, and what they hold. DDL waits for them, and
-- everybody waits for the DDL.
SELECT format('%s, pid %s, open for %s s%s: %s', coalesce(nullif(a.application_name, ''), 'unnamed'), a.pid,
              extract(epoch FROM clock_timestamp() - a.xact_start)::int8,
              coalesce((SELECT ', holds ' || string_agg(DISTINCT c.relname, ', ') FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                         WHERE l.pid = a.pid AND l.granted AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace), ''),
              left(regexp_replace(a.query, '\s+', ' ', 'g'), 60))
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start < clock_timestamp() - $1::int8 * interval '1 second'
   AND a.backend_type = 'client backend'
UNION ALL
SELECT format('a prepared transaction %s of %s, since %s', x.gid, x.owner, x.prepared) FROM pg_prepared_xacts x
 WHERE x.database = current_database()
