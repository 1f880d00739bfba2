-- Deletes the trashed asset group $2 of tenant $1 for good, for $3, with what its own deletion took from below it. What is
-- left in and below them moves to the root, assets and groups, living or not; a living one whose name is taken there gets
-- its id behind it. $4 request id. Always one row.
WITH RECURSIVE wanted AS (
    SELECT g."id", g."deletionId" FROM "AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $2::int4 AND g."isDeleted"
    UNION
    SELECT b."id", b."deletionId" FROM wanted w JOIN "AssetGroup" b
        ON b."parentGroupId" = w."id" AND b."deletionId" = w."deletionId" AND b."isDeleted"
     WHERE b."userId" = $1::int4),
item AS MATERIALIZED (
    SELECT g."id", g."groupName", g."deletionId" FROM "AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."isDeleted"
       AND g."id" IN (SELECT w."id" FROM wanted w WHERE w."deletionId" IS NOT DISTINCT FROM g."deletionId")
     ORDER BY g."id" FOR UPDATE),
asset AS MATERIALIZED (
    SELECT a."id", a."name", a."isDeleted" FROM "Asset" a
     WHERE a."userId" = $1::int4 AND a."assetGroupId" IN (SELECT i."id" FROM item i) ORDER BY a."id" FOR UPDATE),
assets_moved AS (
    UPDATE "Asset" t SET "assetGroupId" = NULL, "name" = n.name
      FROM (SELECT a."id", CASE WHEN NOT a."isDeleted"
                                 AND (row_number() OVER (PARTITION BY a."isDeleted", a."name" ORDER BY a."id") > 1
                                      OR EXISTS (SELECT FROM "Asset" h WHERE h."userId" = $1::int4 AND NOT h."isDeleted"
                                                    AND h."assetGroupId" IS NULL AND h."name" = a."name"))
                                THEN a."name" || ' (' || a."id" || ')' ELSE a."name" END AS name
              FROM asset a) n
     WHERE t."id" = n."id"
    RETURNING t."id", t."name"),
child AS MATERIALIZED (
    SELECT g."id", g."groupName", g."isDeleted" FROM "AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."parentGroupId" IN (SELECT i."id" FROM item i) AND g."id" NOT IN (SELECT i."id" FROM item i)
     ORDER BY g."id" FOR UPDATE),
groups_moved AS (
    UPDATE "AssetGroup" t SET "parentGroupId" = NULL, "groupName" = n.name
      FROM (SELECT g."id", CASE WHEN NOT g."isDeleted"
                                 AND (row_number() OVER (PARTITION BY g."isDeleted", g."groupName" ORDER BY g."id") > 1
                                      OR EXISTS (SELECT FROM "AssetGroup" h WHERE h."userId" = $1::int4 AND NOT h."isDeleted"
                                                    AND h."parentGroupId" IS NULL AND h."groupName" = g."groupName"))
                                THEN g."groupName" || ' (' || g."id" || ')' ELSE g."groupName" END AS name
              FROM child g) n
     WHERE t."id" = n."id"
    RETURNING t."id", t."groupName"),
purged AS (
    DELETE FROM "AssetGroup" t
     WHERE t."id" IN (SELECT i."id" FROM item i) AND t."isDeleted"
       AND (SELECT count(*) FROM assets_moved) >= 0 AND (SELECT count(*) FROM groups_moved) >= 0
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'assetGroup.purge', 'assetGroup', i."id", i."deletionId", $4::text,
           jsonb_build_object('name', i."groupName", 'items', (SELECT count(*) FROM item),
                              'assetsToRoot', to_jsonb(ARRAY(SELECT m."id" FROM assets_moved m ORDER BY 1)),
                              'renamed', (SELECT jsonb_object_agg(m."id", m."name") FROM assets_moved m
                                            JOIN asset a ON a."id" = m."id" AND a."name" <> m."name"))
      FROM item i WHERE i."id" = $2::int4)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "AssetGroup" t WHERE t."userId" = $1::int4 AND t."id" = $2::int4 AND NOT t."isDeleted") AS "isActive"
