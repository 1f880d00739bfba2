-- Deletes the trashed category $2 of tenant $1 for good, for $3, with what its own deletion took along from below it. What is left of
-- the tree below moves to the root; products lose this category and keep their others. $4 request id. Always one row.
WITH RECURSIVE wanted AS (
    SELECT c."id", c."deletionId" FROM "Category" c
     WHERE c."userId" = $1::int4 AND c."id" = $2::int4 AND c."isDeleted"
    UNION
    SELECT b."id", b."deletionId" FROM wanted w JOIN "Category" b
        ON b."parentCategoryId" = w."id" AND b."deletionId" = w."deletionId" AND b."isDeleted"
     WHERE b."userId" = $1::int4),
item AS MATERIALIZED (
    SELECT c."id", c."name", c."deletionId" FROM "Category" c
      JOIN wanted w ON w."id" = c."id" AND w."deletionId" IS NOT DISTINCT FROM c."deletionId"
     WHERE c."userId" = $1::int4 AND c."isDeleted"
     ORDER BY c."id" FOR UPDATE OF c),
purged AS (
    DELETE FROM "Category" t WHERE t."id" IN (SELECT i."id" FROM item i) AND t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'category.purge', 'category', i."id", i."deletionId", $4::text,
           jsonb_build_object('name', i."name", 'items', (SELECT count(*) FROM item))
      FROM item i WHERE i."id" = $2::int4)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "Category" t WHERE t."userId" = $1::int4 AND t."id" = $2::int4 AND NOT t."isDeleted") AS "isActive"
