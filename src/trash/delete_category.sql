-- Moves the living category $2 of tenant $1 to the trash, for $3, as one deletion: with all that is below it ($6), or only it (one
-- with living children is refused by the triggers of "Category"). $4 reason, $5 request id. No row: there is no such category.
WITH RECURSIVE wanted AS (
    SELECT c."id" FROM "Category" c
     WHERE c."id" = $2::int4 AND CASE WHEN c."userId" = $1::int4 THEN NOT c."isDeleted" END
    UNION
    SELECT b."id" FROM wanted w, LATERAL (
        SELECT b."id" FROM "Category" b
         WHERE $6::bool AND b."parentCategoryId" = w."id" AND CASE WHEN b."userId" = $1::int4 THEN NOT b."isDeleted" END OFFSET 0) b),
item AS MATERIALIZED (
    SELECT c."id", c."name" FROM "Category" c
     WHERE c."id" = ANY (ARRAY(SELECT w."id" FROM wanted w)) AND CASE WHEN c."userId" = $1::int4 THEN NOT c."isDeleted" END
     ORDER BY c."id" FOR UPDATE),
root AS (SELECT i."id", i."name" FROM item i WHERE i."id" = $2::int4),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId")
    SELECT $1::int4, $3::int4, 'category', r."id", (SELECT count(*) FROM item), $4::text, $5::text FROM root r
    RETURNING "id", "createdAt", "itemCount"),
trashed AS (
    UPDATE "Category" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM item i, deletion d
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'category.delete', 'category', r."id", d."id", $5::text,
           jsonb_build_object('name', r."name", 'items', d."itemCount")
      FROM root r, deletion d)
SELECT d."id" AS "deletionId", d."createdAt" AS "deletedAt", d."itemCount"
  FROM deletion d WHERE trash_changed((SELECT count(*) FROM trashed), d."itemCount")
