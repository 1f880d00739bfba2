-- Tables that changed much since the planner learned of them: how many, the first $1, and what sets each right.
SELECT count(*) OVER () AS total,
       format('"%s": %s rows changed since %s, of %s', s.relname, s.n_mod_since_analyze,
              coalesce(to_char(greatest(s.last_analyze, s.last_autoanalyze), 'YYYY-MM-DD HH24:MI'), 'ever'), s.n_live_tup) AS what,
       format('ANALYZE public.%I', s.relname) AS command
  FROM pg_stat_user_tables s
 WHERE s.schemaname = 'public' AND s.n_mod_since_analyze > 1000 + s.n_live_tup / 5 ORDER BY 2 LIMIT $1::int4
