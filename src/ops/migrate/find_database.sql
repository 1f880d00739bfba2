-- Whose database this is: whether it has the ledger of the replaced service's tool, its tables, and our ledger.
SELECT to_regclass('public."_prisma_migrations"') IS NOT NULL, to_regclass('public."User"') IS NOT NULL,
       to_regclass('public."_pixelpim_migrations"') IS NOT NULL
