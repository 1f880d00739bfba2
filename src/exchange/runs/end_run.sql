-- What came of the import $2 of tenant $1: the state $3, in words $4, of $5 rows $6 failed, the first of them $7; its answer $8.
UPDATE "ImportRun" r
   SET "state" = $3::text, "message" = $4::text, "processed" = $5::int8, "total" = $5::int8, "succeeded" = $5::int8 - $6::int8,
       "failed" = $6::int8, "failedRows" = $7::text::jsonb, "summary" = $8::text::jsonb, "updatedAt" = now()
 WHERE r."userId" = $1::int4 AND r."id" = $2::text RETURNING r."id"
