-- The batch $3 of the bulk act $2 of tenant $1 has been done: it changed $4 rows, or was refused, because of $5. Always one row.
WITH batch AS (
    DELETE FROM "BulkBatch" t USING "BulkAct" b
     WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND t."bulkActId" = b."id" AND t."number" = $3::int4
    RETURNING t."bulkActId", t."number", t."ids"),
told AS (
    UPDATE "BulkAct" t SET "done" = t."done" + cardinality(b."ids"), "changed" = t."changed" + $4::int4,
           "trouble" = coalesce($5::text, t."trouble"), "claimedUntil" = NULL,
           "state" = CASE WHEN l.is_last THEN 'done' ELSE t."state" END, "endedAt" = CASE WHEN l.is_last THEN now() END
      FROM batch b, LATERAL (SELECT NOT EXISTS (SELECT FROM "BulkBatch" n WHERE n."bulkActId" = b."bulkActId"
                                                                            AND n."number" <> b."number") AS is_last) l
     WHERE t."id" = b."bulkActId"
    RETURNING t."id")
SELECT (SELECT count(*)::int4 FROM told) AS "told"
