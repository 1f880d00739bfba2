-- The server: its version, whether it is a standby, the size of this database, of its largest table with indexes, and what of
-- the extension pg_trgm is there.
SELECT current_setting('server_version'), pg_is_in_recovery(), pg_database_size(current_database()),
       coalesce((SELECT max(pg_total_relation_size(c.oid)) FROM pg_class c
                  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace), 0),
       coalesce((SELECT 'installed' FROM pg_extension e WHERE e.extname = 'pg_trgm'),
                (SELECT 'available' FROM pg_available_extensions a WHERE a.name = 'pg_trgm'), 'missing'),
       EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_stat_statements'), current_database()
