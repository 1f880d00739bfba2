-- Ends the bulk act $2 of tenant $1, of which no batch is left to do, and the deletion that it makes. No row: one is, or it has ended
-- before.
WITH ended AS (
    UPDATE "BulkAct" t SET "state" = 'done', "endedAt" = now(), "done" = t."done" + n.done, "changed" = t."changed" + n.changed
      FROM (SELECT coalesce(sum(b."done"), 0) AS done, coalesce(sum(b."changed"), 0) AS changed, bool_and(b."done" IS NOT NULL) AS is_done
              FROM "BulkBatch" b WHERE b."bulkActId" = $2::int8) n
     WHERE t."userId" = $1::int4 AND t."id" = $2::int8 AND t."state" = 'running' AND n.is_done IS NOT FALSE
    RETURNING t."id", t."act", t."deletionId", t."changed"),
deletion AS (
    UPDATE "Deletion" d SET "state" = 'done', "itemCount" = e."changed"
      FROM ended e WHERE e."act" = 'delete' AND d."id" = e."deletionId"),
batch AS (DELETE FROM "BulkBatch" b USING ended e WHERE b."bulkActId" = e."id")
SELECT e."changed" FROM ended e
