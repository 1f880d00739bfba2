-- Keeps the answer to the request $3 that the key $2 of tenant $1 is for: $4 status, $5 body. Where $4 is NULL nothing was done, and the
-- key is free again.
WITH freed AS (
    DELETE FROM "IdempotencyKey" k
     WHERE $4::int4 IS NULL AND k."userId" = $1::int4 AND k."key" = $2::text AND k."requestId" = $3::text
    RETURNING k."key"),
kept AS (
    UPDATE "IdempotencyKey" k SET "status" = $4::int4, "body" = $5::text, "doneAt" = coalesce(k."doneAt", now())
     WHERE $4::int4 IS NOT NULL AND k."userId" = $1::int4 AND k."key" = $2::text AND k."requestId" = $3::text
    RETURNING k."key")
SELECT (SELECT count(*)::int4 FROM freed) + (SELECT count(*)::int4 FROM kept) AS "count"
