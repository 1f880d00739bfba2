-- Who stands in the way of restoring the trashed asset group $2 of tenant $1, with what its deletion took from below it, and
-- with $5 the trashed groups above it? Writes the refusal to the audit, for $3, request id $4. No row: nobody does, or the
-- group is not in the trash.
WITH RECURSIVE below AS (
    SELECT g."id", g."groupName", g."parentGroupId", g."deletionId" FROM "AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $2::int4 AND g."isDeleted"
    UNION
    SELECT b."id", b."groupName", b."parentGroupId", b."deletionId" FROM below w JOIN "AssetGroup" b
        ON b."parentGroupId" = w."id" AND b."deletionId" = w."deletionId" AND b."isDeleted"
     WHERE b."userId" = $1::int4),
above AS (
    SELECT p."id", p."groupName", p."parentGroupId" FROM "AssetGroup" g
      JOIN "AssetGroup" p ON p."id" = g."parentGroupId" AND p."isDeleted"
     WHERE $5::bool AND g."userId" = $1::int4 AND g."id" = $2::int4 AND g."isDeleted" AND p."userId" = $1::int4
    UNION
    SELECT p."id", p."groupName", p."parentGroupId" FROM above a
      JOIN "AssetGroup" p ON p."id" = a."parentGroupId" AND p."isDeleted"
     WHERE p."userId" = $1::int4),
holder AS MATERIALIZED (
    SELECT h."id", h."groupName" AS "name", i."id" AS "itemId"
      FROM (SELECT b."id", b."groupName", b."parentGroupId" FROM below b
            UNION SELECT a."id", a."groupName", a."parentGroupId" FROM above a) i
      JOIN "AssetGroup" h ON h."userId" = $1::int4 AND NOT h."isDeleted" AND h."groupName" = i."groupName"
       AND h."parentGroupId" IS NOT DISTINCT FROM i."parentGroupId"
     ORDER BY i."id" LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'assetGroup.restore_refused', 'assetGroup', $2::int4, $4::text,
           jsonb_build_object('field', 'groupName', 'value', h."name", 'item', h."itemId", 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h."itemId" FROM holder h
