-- The migration $2, with the checksum $1, is applied.
INSERT INTO "_pixelpim_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
VALUES (gen_random_uuid()::text, $1::text, $2::text, now(), clock_timestamp(), 1)
