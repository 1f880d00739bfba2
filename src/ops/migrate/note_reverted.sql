-- The migration $1 is taken back.
UPDATE "_pixelpim_migrations" SET "rolled_back_at" = clock_timestamp()
 WHERE "migration_name" = $1::text AND "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL
