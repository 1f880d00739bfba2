-- Moves the living asset group $2 of tenant $1 to the trash, for $3, with the living groups below it, as one deletion. Their
-- assets stay, and are listed at the root until it comes back. $4 reason, $5 request id. No row: there is no such group.
WITH RECURSIVE wanted AS (
    SELECT g."id" FROM "AssetGroup" g
     WHERE g."id" = $2::int4 AND CASE WHEN g."userId" = $1::int4 THEN NOT g."isDeleted" END
    UNION
    SELECT b."id" FROM wanted w, LATERAL (
        SELECT b."id" FROM "AssetGroup" b
         WHERE b."parentGroupId" = w."id" AND CASE WHEN b."userId" = $1::int4 THEN NOT b."isDeleted" END OFFSET 0) b),
item AS MATERIALIZED (
    SELECT g."id", g."groupName" FROM "AssetGroup" g
     WHERE g."id" = ANY (ARRAY(SELECT w."id" FROM wanted w)) AND CASE WHEN g."userId" = $1::int4 THEN NOT g."isDeleted" END
     ORDER BY g."id" FOR UPDATE),
root AS (SELECT i."id", i."groupName" FROM item i WHERE i."id" = $2::int4),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId")
    SELECT $1::int4, $3::int4, 'assetGroup', r."id", (SELECT count(*) FROM item), $4::text, $5::text FROM root r
    RETURNING "id", "createdAt", "itemCount"),
trashed AS (
    UPDATE "AssetGroup" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM item i, deletion d
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'assetGroup.delete', 'assetGroup', r."id", d."id", $5::text,
           jsonb_build_object('name', r."groupName", 'items', d."itemCount")
      FROM root r, deletion d)
SELECT d."id" AS "deletionId", d."createdAt" AS "deletedAt", d."itemCount"
  FROM deletion d WHERE trash_changed((SELECT count(*) FROM trashed), d."itemCount")
