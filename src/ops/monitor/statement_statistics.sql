-- PostgreSQL's own statistics of the statements about the catalogue, the slowest on the average first.
SELECT left(regexp_replace(s.query, '\s+', ' ', 'g'), 100) AS "query", s.calls, round(s.mean_exec_time::numeric, 2)::text AS "mean",
       round(s.max_exec_time::numeric, 2)::text AS "longest"
  FROM pg_stat_statements s
 WHERE s.query LIKE '%Product%' OR s.query LIKE '%Asset%'
 ORDER BY s.mean_exec_time DESC LIMIT 10
