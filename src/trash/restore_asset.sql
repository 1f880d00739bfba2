-- Brings the trashed asset $2 of tenant $1 back, for $3, where it was. $4 request id, $5 whether the group that it is in
-- comes back with it, where that is in the trash, and the groups above. One audit event. No row: there is no such asset in
-- the trash. A name that a living asset of the group has taken meanwhile is a unique violation, and nothing is changed.
WITH RECURSIVE root AS MATERIALIZED (
    SELECT a."id", a."name", a."assetGroupId", a."deletionId" FROM "Asset" a
     WHERE a."id" = $2::int4 AND CASE WHEN a."userId" = $1::int4 THEN a."isDeleted" END FOR UPDATE),
above AS (
    SELECT g."id", g."parentGroupId" FROM root r JOIN "AssetGroup" g ON g."id" = r."assetGroupId"
     WHERE CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END
    UNION
    SELECT g."id", g."parentGroupId" FROM above b, LATERAL (
        SELECT g."id", g."parentGroupId" FROM "AssetGroup" g
         WHERE g."id" = b."parentGroupId" AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END OFFSET 0) g),
folder AS MATERIALIZED (
    SELECT g."id", g."groupName" FROM "AssetGroup" g
     WHERE g."id" = ANY (ARRAY(SELECT b."id" FROM above b)) AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END
     ORDER BY g."id" FOR UPDATE),
folders_restored AS (
    UPDATE "AssetGroup" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM folder f WHERE $5::bool AND t."id" = f."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END
    RETURNING t."id"),
restored AS (
    UPDATE "Asset" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM root r WHERE t."id" = r."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'asset.restore', 'asset', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."name", 'groups', to_jsonb(ARRAY(SELECT f."id" FROM folders_restored f)))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount",
       CASE WHEN NOT $5::bool THEN (SELECT f."id" FROM folder f WHERE f."id" = r."assetGroupId") END AS "trashedGroupId",
       CASE WHEN NOT $5::bool THEN (SELECT f."groupName" FROM folder f WHERE f."id" = r."assetGroupId") END AS "trashedGroupName"
  FROM root r WHERE trash_changed((SELECT count(*) FROM restored), 1)
