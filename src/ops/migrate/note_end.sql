-- The run $1 is done.
UPDATE "_pixelpim_migrations" SET "finished_at" = clock_timestamp(), "logs" = NULL WHERE "id" = $1::text
