-- Changes the living asset $3 of tenant $1, for $2: what $4 names is given, name ($5) and assetGroupId ($6; NULL: none).
-- $7 request id. Always one row: was the asset found, and the group?
WITH asset AS MATERIALIZED (
    SELECT a."id", a."name", a."assetGroupId" FROM live."Asset" a
     WHERE a."userId" = $1::int4 AND a."id" = $3::int4 FOR UPDATE),
folder AS MATERIALIZED (
    SELECT g."id" FROM live."AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $6::int4 AND 'assetGroupId' = ANY ($4::text[]) FOR SHARE),
checks AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM asset) AS "found",
           NOT 'assetGroupId' = ANY ($4::text[]) OR $6::int4 IS NULL OR EXISTS (SELECT FROM folder) AS "groupFound"),
updated AS (
    UPDATE live."Asset" t
       SET "name" = CASE WHEN 'name' = ANY ($4::text[]) THEN $5::text ELSE t."name" END,
           "assetGroupId" = CASE WHEN 'assetGroupId' = ANY ($4::text[]) THEN $6::int4 ELSE t."assetGroupId" END,
           "version" = t."version" + 1, "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM asset a, checks k
     WHERE t."userId" = $1::int4 AND t."id" = a."id" AND k."groupFound" AND cardinality($4::text[]) > 0
    RETURNING t."id", t."name", t."assetGroupId"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'asset.update', 'asset', u."id", $7::text,
           jsonb_build_object('name', u."name", 'before', a."name", 'group', u."assetGroupId", 'groupBefore', a."assetGroupId")
      FROM updated u JOIN asset a ON a."id" = u."id")
SELECT k."found", k."groupFound" FROM checks k
