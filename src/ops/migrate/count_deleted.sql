-- The rows that were deleted, by table, since this session last told PostgreSQL its statistics.
SELECT relname, n_tup_del FROM pg_stat_xact_user_tables
 WHERE schemaname = 'public' AND n_tup_del > 0 AND relname NOT LIKE '\_pixelpim\_%' ORDER BY 1
