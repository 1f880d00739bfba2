-- The batch $3 of the bulk act $2 of tenant $1 has been done: it changed $4 rows, or was refused, because of $5. No row: it was
-- before.
WITH act AS (
    UPDATE "BulkAct" b SET "trouble" = coalesce($5::text, b."trouble"), "claimedUntil" = NULL
     WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND ($5::text IS NOT NULL OR b."claimedUntil" IS NOT NULL))
UPDATE "BulkBatch" t SET "done" = cardinality(t."ids"), "changed" = $4::int4, "ids" = '{}'
  FROM "BulkAct" b
 WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND t."bulkActId" = b."id" AND t."number" = $3::int4 AND t."done" IS NULL
RETURNING t."changed"
