-- Brings the trashed asset group $2 of tenant $1 back, for $3, with what its own deletion took from below it. $4 request id,
-- $5 whether the trashed groups above it come back too. One audit event. No row: there is no such group in the trash. A
-- name that a living group has taken in the same place meanwhile is a unique violation, and nothing is changed. (OFFSET 0, ANY,
-- the CASEs and coalesce: see restore_category.sql.)
WITH RECURSIVE below AS (
    SELECT g."id", g."deletionId", g."parentGroupId" FROM "AssetGroup" g
     WHERE g."id" = $2::int4 AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END
    UNION
    SELECT b."id", b."deletionId", b."parentGroupId" FROM below w, LATERAL (
        SELECT b."id", b."deletionId", b."parentGroupId" FROM "AssetGroup" b
         WHERE b."parentGroupId" = w."id" AND CASE WHEN b."userId" = $1::int4 THEN b."isDeleted" END
           AND coalesce(b."deletionId", 0) = w."deletionId" OFFSET 0) b),
above AS (
    SELECT b."parentGroupId" AS "id" FROM below b WHERE $5::bool AND b."id" = $2::int4
    UNION
    SELECT p."parentGroupId" FROM above a, LATERAL (
        SELECT p."parentGroupId" FROM "AssetGroup" p
         WHERE p."id" = a."id" AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END OFFSET 0) p),
item AS MATERIALIZED (
    SELECT g."id", g."groupName", g."deletionId", g."parentGroupId" FROM "AssetGroup" g
     WHERE g."id" = ANY (ARRAY(SELECT b."id" FROM below b UNION ALL SELECT a."id" FROM above a))
       AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END
       AND (g."deletionId" IS NOT DISTINCT FROM (SELECT b."deletionId" FROM below b WHERE b."id" = $2::int4)
            OR g."id" IN (SELECT a."id" FROM above a))
     ORDER BY g."id" FOR UPDATE),
root AS (SELECT i."id", i."groupName", i."deletionId", i."parentGroupId" FROM item i WHERE i."id" = $2::int4),
restored AS (
    UPDATE "AssetGroup" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END AND EXISTS (SELECT FROM root)
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'assetGroup.restore', 'assetGroup', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."groupName", 'items', (SELECT count(*) FROM item))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount",
       CASE WHEN NOT $5::bool THEN p."id" END AS "trashedGroupId",
       CASE WHEN NOT $5::bool THEN p."groupName" END AS "trashedGroupName"
  FROM root r LEFT JOIN "AssetGroup" p ON p."id" = r."parentGroupId" AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END
 WHERE trash_changed((SELECT count(*) FROM restored), (SELECT count(*) FROM item))
