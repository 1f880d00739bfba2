-- Constraints that old rows were never checked against: how many, and the first $1.
SELECT count(*) OVER () AS total, format('%s on %s', k.conname, k.conrelid::regclass) AS what
  FROM pg_constraint k WHERE NOT k.convalidated AND k.connamespace = 'public'::regnamespace ORDER BY 2 LIMIT $1::int4
