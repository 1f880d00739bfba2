-- Does the database answer, and which of the migrations $1 has it not had?
SELECT ARRAY(SELECT n FROM unnest($1::text[]) WITH ORDINALITY AS wanted (n, place)
              WHERE NOT EXISTS (SELECT FROM "_pixelpim_migrations" m
                                 WHERE m."migration_name" = n AND m."finished_at" IS NOT NULL AND m."rolled_back_at" IS NULL)
              ORDER BY place) AS "migrations"
