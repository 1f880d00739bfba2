-- The indexes of products and assets that are read most: name, table, reads.
SELECT s.indexrelname, s.relname, s.idx_scan FROM pg_stat_user_indexes s
 WHERE s.schemaname = 'public' AND s.relname IN ('Product', 'Asset') ORDER BY s.idx_scan DESC, s.indexrelname
