-- Transactions that have been open for a minute: vacuum cleans nothing that is younger, and changes of tables wait. How many, and
-- the first $1.
SELECT count(*) OVER () AS total,
       format('%s, pid %s, open for %s s: %s', coalesce(nullif(a.application_name, ''), 'unnamed'), a.pid,
              extract(epoch FROM clock_timestamp() - a.xact_start)::int8, left(regexp_replace(a.query, '\s+', ' ', 'g'), 60)) AS what
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
   AND a.xact_start < clock_timestamp() - interval '1 minute' ORDER BY a.xact_start LIMIT $1::int4
