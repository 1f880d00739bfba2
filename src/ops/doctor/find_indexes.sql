-- Indexes that are not valid: a build that was interrupted. How many, and the first $1.
SELECT count(*) OVER () AS total, format('%s on %s', i.indexrelid::regclass, i.indrelid::regclass) AS what
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace ORDER BY 2 LIMIT $1::int4
