-- Marks what we noted in the ledger of the replaced service's tool as rolled back: its migrations after $1, until $2.
UPDATE public."_prisma_migrations" SET "rolled_back_at" = clock_timestamp()
 WHERE "logs" = 'applied by pixelpim' AND "rolled_back_at" IS NULL
   AND left("migration_name", 14) COLLATE "C" > left($1::text, 14) AND left("migration_name", 14) COLLATE "C" <= left($2::text, 14)
