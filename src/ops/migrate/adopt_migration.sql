-- The migration $1, with the checksum $2, was there when the database was adopted.
INSERT INTO "_pixelpim_migrations" ("id", "checksum", "migration_name", "logs", "finished_at", "applied_steps_count")
VALUES (gen_random_uuid()::text, $2::text, $1::text, 'adopted', now(), 0)
