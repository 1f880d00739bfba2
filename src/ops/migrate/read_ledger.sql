-- The newest row of each migration in our ledger.
SELECT DISTINCT ON (m."migration_name") m."migration_name", m."checksum", to_char(m."finished_at", 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       m."logs", m."finished_at" IS NOT NULL AND m."rolled_back_at" IS NULL, m."rolled_back_at" IS NOT NULL,
       m."applied_steps_count", m."id"
  FROM "_pixelpim_migrations" m ORDER BY m."migration_name", m."started_at" DESC, m."id"
