-- Moves the batch $3 of the bulk act $2 of tenant $1 to the trash, as its deletion's: all of it, or nothing. No row: it has been done.
WITH RECURSIVE act AS MATERIALIZED (
    SELECT b."id", b."actorId", b."requestId", b."deletionId" FROM "BulkAct" b
     WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND b."act" = 'delete' AND b."state" = 'running'),
deletion AS MATERIALIZED (
    SELECT d."id", d."createdAt", a."actorId", a."requestId" FROM act a JOIN "Deletion" d ON d."id" = a."deletionId"),
batch AS MATERIALIZED (
    SELECT n."bulkActId", n."number", n."kind", n."ids" FROM act a JOIN "BulkBatch" n ON n."bulkActId" = a."id"
     WHERE n."number" = $3::int4 AND n."done" IS NULL FOR UPDATE OF n),
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
released AS (UPDATE "BulkAct" b SET "claimedUntil" = NULL WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND b."claimedUntil" IS NOT NULL)
UPDATE "BulkBatch" t SET "done" = cardinality(b."ids"), "changed" = (SELECT count(*) FROM trashed), "ids" = '{}'
  FROM batch b WHERE t."bulkActId" = b."bulkActId" AND t."number" = b."number"
   AND trash_changed((SELECT count(*) FROM trashed), (SELECT count(*) FROM item))
RETURNING t."changed"
