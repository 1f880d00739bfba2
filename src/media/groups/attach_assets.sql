-- Moves the living assets $4 of tenant $1 into group $3, for $2; $5 request id. What is there already stays. No row: there
-- is no such group.
WITH folder AS MATERIALIZED (
    SELECT g."id", g."groupName" FROM live."AssetGroup" g WHERE g."userId" = $1::int4 AND g."id" = $3::int4 FOR SHARE),
asset AS MATERIALIZED (
    SELECT a."id" FROM live."Asset" a
     WHERE a."userId" = $1::int4 AND a."id" = ANY ($4::int4[]) AND EXISTS (SELECT FROM folder)
     ORDER BY a."id" FOR UPDATE),
moved AS (
    UPDATE live."Asset" t
       SET "assetGroupId" = f."id", "version" = t."version" + 1, "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM asset a, folder f
     WHERE t."userId" = $1::int4 AND t."id" = a."id" AND t."assetGroupId" IS DISTINCT FROM f."id"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'assetGroup.attach_assets', 'assetGroup', f."id", $5::text,
           jsonb_build_object('name', f."groupName", 'assets', to_jsonb(ARRAY(SELECT m."id" FROM moved m ORDER BY 1)))
      FROM folder f WHERE EXISTS (SELECT FROM moved))
SELECT (SELECT count(*)::int4 FROM asset) AS "attached",
       ARRAY(SELECT DISTINCT t.i FROM unnest($4::int4[]) AS t (i) WHERE t.i NOT IN (SELECT a."id" FROM asset a) ORDER BY 1) AS "notFound"
  FROM folder f
