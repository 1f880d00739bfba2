-- Brings the trashed asset group $2 of tenant $1 back, for $3, with what its own deletion took from below it. $4 request id,
-- $5 whether the trashed groups above it come back too. One audit event. No row: there is no such group in the trash. A
-- name that a living group has taken in the same place meanwhile is a unique violation, and nothing is changed.
WITH RECURSIVE below AS (
    SELECT g."id", g."deletionId" FROM "AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $2::int4 AND g."isDeleted"
    UNION
    SELECT b."id", b."deletionId" FROM below w JOIN "AssetGroup" b
        ON b."parentGroupId" = w."id" AND b."deletionId" = w."deletionId" AND b."isDeleted"
     WHERE b."userId" = $1::int4),
above AS (
    SELECT p."id", p."parentGroupId" FROM "AssetGroup" g JOIN "AssetGroup" p ON p."id" = g."parentGroupId" AND p."isDeleted"
     WHERE g."userId" = $1::int4 AND g."id" = $2::int4 AND g."isDeleted" AND p."userId" = $1::int4
    UNION
    SELECT p."id", p."parentGroupId" FROM above a JOIN "AssetGroup" p ON p."id" = a."parentGroupId" AND p."isDeleted"
     WHERE p."userId" = $1::int4),
item AS MATERIALIZED (
    SELECT g."id", g."groupName", g."deletionId", g."parentGroupId" FROM "AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."isDeleted"
       AND (g."id" IN (SELECT b."id" FROM below b WHERE b."deletionId" IS NOT DISTINCT FROM g."deletionId")
            OR ($5::bool AND g."id" IN (SELECT a."id" FROM above a)))
     ORDER BY g."id" FOR UPDATE),
root AS (SELECT i."id", i."groupName", i."deletionId", i."parentGroupId" FROM item i WHERE i."id" = $2::int4),
restored AS (
    UPDATE "AssetGroup" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE t."id" = i."id" AND t."isDeleted" AND EXISTS (SELECT FROM root)
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'assetGroup.restore', 'assetGroup', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."groupName", 'items', (SELECT count(*) FROM item))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount",
       CASE WHEN NOT $5::bool THEN p."id" END AS "trashedGroupId",
       CASE WHEN NOT $5::bool THEN p."groupName" END AS "trashedGroupName"
  FROM root r LEFT JOIN "AssetGroup" p ON p."id" = r."parentGroupId" AND p."userId" = $1::int4 AND p."isDeleted"
