-- How far the import $2 of tenant $1 is: $3 of $4 rows. It also says that the server that runs it lives.
UPDATE "ImportRun" r SET "processed" = $3::int8, "total" = $4::int8, "message" = $5::text, "updatedAt" = now()
 WHERE r."userId" = $1::int4 AND r."id" = $2::text AND r."state" = 'processing' RETURNING r."id"
