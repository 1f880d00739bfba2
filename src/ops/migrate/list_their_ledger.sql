-- The newest row of each migration in the ledger of the replaced service's tool.
SELECT DISTINCT ON (m."migration_name") m."migration_name", m."checksum", m."finished_at" IS NOT NULL AND m."rolled_back_at" IS NULL,
       m."finished_at" IS NULL AND m."rolled_back_at" IS NULL, coalesce(m."logs", '')
  FROM public."_prisma_migrations" m ORDER BY m."migration_name", m."started_at" DESC, m."id"
