-- Who stands in the way of restoring the trashed asset group $2 of tenant $1, with what its deletion took from below it, and
-- with $5 the trashed groups above it? Writes the refusal to the audit, for $3, request id $4. No row: nobody does, or the
-- group is not in the trash.
-- (How they are found: see restore_items.sql.)
WITH RECURSIVE below AS (
    SELECT g."id", g."groupName", g."parentGroupId", g."deletionId" FROM "AssetGroup" g
     WHERE g."id" = $2::int4 AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END
    UNION
    SELECT b."id", b."groupName", b."parentGroupId", b."deletionId" FROM below w, LATERAL (
        SELECT b."id", b."groupName", b."parentGroupId", b."deletionId" FROM "AssetGroup" b
         WHERE b."parentGroupId" = w."id" AND CASE WHEN b."userId" = $1::int4 THEN b."isDeleted" END
           AND coalesce(b."deletionId", 0) = w."deletionId" OFFSET 0) b),
above AS (
    SELECT b."id", b."groupName", b."parentGroupId" FROM below b WHERE $5::bool AND b."id" = $2::int4
    UNION
    SELECT p."id", p."groupName", p."parentGroupId" FROM above a, LATERAL (
        SELECT p."id", p."groupName", p."parentGroupId" FROM "AssetGroup" p
         WHERE p."id" = a."parentGroupId" AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END OFFSET 0) p),
holder AS MATERIALIZED (
    SELECT h."id", h."groupName" AS "name", i."id" AS "itemId"
      FROM (SELECT b."id", b."groupName", b."parentGroupId" FROM below b
            UNION SELECT a."id", a."groupName", a."parentGroupId" FROM above a) i, LATERAL (
        SELECT h."id", h."groupName" FROM "AssetGroup" h
         WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."groupName" = i."groupName" AND h."parentGroupId" = i."parentGroupId"
        UNION ALL
        SELECT h."id", h."groupName" FROM "AssetGroup" h
         WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."groupName" = i."groupName" AND h."parentGroupId" IS NULL
           AND i."parentGroupId" IS NULL OFFSET 0) h
     ORDER BY i."id" LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'assetGroup.restore_refused', 'assetGroup', $2::int4, $4::text,
           jsonb_build_object('field', 'groupName', 'value', h."name", 'item', h."itemId", 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h."itemId" FROM holder h
