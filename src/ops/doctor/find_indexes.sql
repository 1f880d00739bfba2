-- Indexes that are not valid: a build that was interrupted. How many, the first $1, and what sets each right: it is built again;
-- what such a build left beside one goes.
SELECT count(*) OVER () AS total, format('%s on %s', i.indexrelid::regclass, i.indrelid::regclass) AS what,
       CASE WHEN c.relname ~ '_cc(new|old)[0-9]*$' THEN format('DROP INDEX CONCURRENTLY public.%I', c.relname)
            ELSE format('REINDEX INDEX CONCURRENTLY public.%I', c.relname) END AS command
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace ORDER BY 2 LIMIT $1::int4
