-- Tables with many dead rows, which are read and take space: how many, the first $1, and what sets each right.
SELECT count(*) OVER () AS total,
       format('"%s": %s dead rows beside %s, %s', s.relname, s.n_dead_tup, s.n_live_tup, pg_size_pretty(pg_relation_size(s.relid))) AS what,
       format('VACUUM public.%I', s.relname) AS command
  FROM pg_stat_user_tables s
 WHERE s.schemaname = 'public' AND s.n_dead_tup > 5000 + s.n_live_tup * 2 / 5 ORDER BY 2 LIMIT $1::int4
