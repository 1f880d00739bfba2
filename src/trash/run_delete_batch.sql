-- Moves the next batch of the bulk act $2 of tenant $1 to the trash, as its deletion's. Who finds another server at it does
-- nothing. No row: so it was, or the act is done.
WITH act AS MATERIALIZED (
    SELECT b."id", b."actorId", b."requestId", d."id" AS deletion, d."createdAt"
      FROM "BulkAct" b JOIN "Deletion" d ON d."id" = b."deletionId"
     WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND b."act" = 'delete' AND b."state" = 'running'
       FOR UPDATE OF b SKIP LOCKED),
batch AS MATERIALIZED (
    DELETE FROM "BulkBatch" t USING act a
     WHERE t."bulkActId" = a."id"
       AND t."number" = (SELECT min(n."number") FROM "BulkBatch" n WHERE n."bulkActId" = $2::int8)
    RETURNING t."bulkActId", t."number", t."ids"),
item AS MATERIALIZED (
    SELECT p."id", p."name", p."sku" FROM (SELECT unnest(b."ids") AS id FROM batch b) n JOIN "Product" p ON p."id" = n.id
     WHERE p."userId" = $1::int4 AND NOT p."isDeleted"
     ORDER BY p."id" FOR UPDATE OF p),
trashed AS (
    UPDATE "Product" t SET "isDeleted" = true, "deletedAt" = a."createdAt", "deletionId" = a.deletion
      FROM item i, act a
     WHERE t."id" = i."id" AND NOT t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, a."actorId", 'product.delete_in_bulk', 'product', i."id", a.deletion, a."requestId",
           jsonb_build_object('name', i."name", 'sku', i."sku") FROM item i, act a),
told AS (
    UPDATE "BulkAct" t SET "done" = t."done" + cardinality(b."ids"), "changed" = t."changed" + (SELECT count(*) FROM trashed),
           "state" = CASE WHEN l.is_last THEN 'done' ELSE t."state" END, "endedAt" = CASE WHEN l.is_last THEN now() END
      FROM batch b, LATERAL (SELECT NOT EXISTS (SELECT FROM "BulkBatch" n WHERE n."bulkActId" = b."bulkActId"
                                                                            AND n."number" > b."number") AS is_last) l
     WHERE t."id" = b."bulkActId"
    RETURNING t."deletionId", t."state", t."changed"),
ended AS (
    UPDATE "Deletion" d SET "state" = 'done', "itemCount" = t."changed"
      FROM told t WHERE t."state" = 'done' AND d."id" = t."deletionId")
SELECT t."state" = 'done' AS "isDone", t."changed" FROM told t
