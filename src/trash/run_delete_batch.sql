-- Moves the next batch of the bulk act $2 of tenant $1 to the trash, as its deletion's. Who finds another server at it does
-- nothing. No row: so it was, or the act is done.
WITH RECURSIVE act AS MATERIALIZED (
    SELECT b."id", b."actorId", b."requestId", b."deletionId" FROM "BulkAct" b
     WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND b."act" = 'delete' AND b."state" = 'running' FOR UPDATE SKIP LOCKED),
deletion AS MATERIALIZED (
    SELECT d."id", d."createdAt", a."actorId", a."requestId" FROM act a JOIN "Deletion" d ON d."id" = a."deletionId"),
batch AS MATERIALIZED (
    DELETE FROM "BulkBatch" t USING act a
     WHERE t."bulkActId" = a."id"
       AND t."number" = (SELECT min(n."number") FROM "BulkBatch" n WHERE n."bulkActId" = $2::int8)
    RETURNING t."bulkActId", t."number", t."kind", t."ids"),
wanted AS (
    SELECT n.kind, n.id AS "id" FROM (SELECT b."kind" AS kind, unnest(b."ids") AS id FROM batch b) n
    UNION
    /* living_below.part.sql */),
doomed AS MATERIALIZED (SELECT w.kind, w."id" FROM wanted w),
/* living_item.kind.part.sql */
item AS MATERIALIZED (/* any_item.kind.part.sql */),
/* trashed.kind.part.sql */
trashed AS MATERIALIZED (/* any_trashed.kind.part.sql */),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, d."actorId", i.kind || '.delete_in_bulk', i.kind, i."id", d."id", d."requestId",
           jsonb_strip_nulls(jsonb_build_object('name', i.name, 'sku', i.sku)) FROM item i, deletion d),
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
