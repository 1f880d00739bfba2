-- Indexes that nobody reads though their table is read much, and that no constraint needs: how many, and the first $1.
SELECT count(*) OVER () AS total, format('%s on "%s", %s', s.indexrelname, s.relname, pg_size_pretty(pg_relation_size(s.indexrelid))) AS what
  FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
  JOIN pg_stat_user_tables t ON t.relid = s.relid
 WHERE s.schemaname = 'public' AND s.idx_scan = 0 AND NOT i.indisunique AND i.indisvalid
   AND t.idx_scan > 10000 AND pg_relation_size(s.indexrelid) > 1048576 ORDER BY 2 LIMIT $1::int4
