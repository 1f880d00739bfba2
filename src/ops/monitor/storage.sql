-- How large the tables are, with their indexes and long values, the largest first; partitions count for the whole.
SELECT coalesce(p.relname, c.relname)::text AS "name", sum(pg_total_relation_size(c.oid))::int8 AS "bytes",
       greatest(sum(c.reltuples), 0)::int8 AS "rows"
  FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100
