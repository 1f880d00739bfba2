-- Notes in the ledger of the replaced service's tool that $1, with the checksum $2, is applied, unless it says so: it would
-- make the same change again.
INSERT INTO public."_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "started_at", "applied_steps_count")
SELECT gen_random_uuid()::text, $2::text, clock_timestamp(), $1::text, 'applied by pixelpim', now(), 1
 WHERE NOT EXISTS (SELECT FROM public."_prisma_migrations" m
                    WHERE m."migration_name" = $1::text AND m."finished_at" IS NOT NULL AND m."rolled_back_at" IS NULL)
