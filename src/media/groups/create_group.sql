-- A new asset group of tenant $1, made by $2: $3 its name, $4 its parent (NULL: none), $5 request id. No row: there is no
-- such parent.
WITH parent AS MATERIALIZED (
    SELECT g."id" FROM live."AssetGroup" g WHERE g."userId" = $1::int4 AND g."id" = $4::int4 FOR SHARE),
made AS (
    INSERT INTO live."AssetGroup" ("groupName", "parentGroupId", "userId", "createdDate", "createdAt", "updatedAt")
    SELECT $3::text, $4::int4, $1::int4, t.now, t.now, t.now FROM (SELECT now() AT TIME ZONE 'UTC' AS now) t
     WHERE $4::int4 IS NULL OR EXISTS (SELECT FROM parent)
    RETURNING "id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'assetGroup.create', 'assetGroup', m."id", $5::text,
           jsonb_build_object('name', $3::text, 'parent', $4::int4) FROM made m)
SELECT m."id" FROM made m
