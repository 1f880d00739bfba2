-- The migration $2, with the checksum $1, failed: $3.
INSERT INTO "_pixelpim_migrations" ("id", "checksum", "migration_name", "logs") VALUES (gen_random_uuid()::text, $1::text, $2::text, $3::text)
