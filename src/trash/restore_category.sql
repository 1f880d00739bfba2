-- Brings the trashed category $2 of tenant $1 back, for $3, and with $5 what its own deletion took along from below it. One
-- audit event. $4 request id. No row: there is no such category in the trash. A name that a living category has taken
-- in the same place meanwhile is a unique violation, and nothing is changed. (OFFSET 0, ANY, the CASEs and
-- coalesce: what is below is found by what it is below, and each by its id, however much the planner takes that to be.)
WITH RECURSIVE wanted AS (
    SELECT c."id", c."deletionId" FROM "Category" c
     WHERE c."id" = $2::int4 AND CASE WHEN c."userId" = $1::int4 THEN c."isDeleted" END
    UNION
    SELECT b."id", b."deletionId" FROM wanted w, LATERAL (
        SELECT b."id", b."deletionId" FROM "Category" b
         WHERE $5::bool AND b."parentCategoryId" = w."id" AND CASE WHEN b."userId" = $1::int4 THEN b."isDeleted" END
           AND coalesce(b."deletionId", 0) = w."deletionId" OFFSET 0) b),
item AS MATERIALIZED (
    SELECT c."id", c."name", c."deletionId" FROM "Category" c
     WHERE c."id" = ANY (ARRAY(SELECT w."id" FROM wanted w)) AND CASE WHEN c."userId" = $1::int4 THEN c."isDeleted" END
       AND c."deletionId" IS NOT DISTINCT FROM (SELECT w."deletionId" FROM wanted w WHERE w."id" = $2::int4)
     ORDER BY c."id" FOR UPDATE),
root AS (SELECT i."id", i."name", i."deletionId" FROM item i WHERE i."id" = $2::int4),
restored AS (
    UPDATE "Category" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'category.restore', 'category', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."name", 'items', (SELECT count(*) FROM item))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount"
  FROM root r WHERE trash_changed((SELECT count(*) FROM restored), (SELECT count(*) FROM item))
