-- Does PostgreSQL itself count its statements?
SELECT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_stat_statements') AS "isThere"
