-- Changes the living asset group $3 of tenant $1, for $2: what $4 names is given, groupName ($5) and parentGroupId ($6;
-- NULL: none). $7 request id. Always one row: was the group found, and the parent? A group that would be below itself is
-- refused by the trigger of "AssetGroup".
WITH target AS MATERIALIZED (
    SELECT g."id", g."groupName", g."parentGroupId" FROM live."AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $3::int4 FOR UPDATE),
parent AS MATERIALIZED (
    SELECT g."id" FROM live."AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $6::int4 AND 'parentGroupId' = ANY ($4::text[]) FOR SHARE),
checks AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM target) AS "found",
           NOT 'parentGroupId' = ANY ($4::text[]) OR $6::int4 IS NULL OR EXISTS (SELECT FROM parent) AS "groupFound"),
updated AS (
    UPDATE live."AssetGroup" t
       SET "groupName" = CASE WHEN 'groupName' = ANY ($4::text[]) THEN $5::text ELSE t."groupName" END,
           "parentGroupId" = CASE WHEN 'parentGroupId' = ANY ($4::text[]) THEN $6::int4 ELSE t."parentGroupId" END,
           "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM target g, checks k
     WHERE t."userId" = $1::int4 AND t."id" = g."id" AND k."groupFound" AND cardinality($4::text[]) > 0
    RETURNING t."id", t."groupName", t."parentGroupId"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'assetGroup.update', 'assetGroup', u."id", $7::text,
           jsonb_build_object('name', u."groupName", 'before', g."groupName", 'parent', u."parentGroupId",
                              'parentBefore', g."parentGroupId")
      FROM updated u JOIN target g ON g."id" = u."id")
SELECT k."found", k."groupFound" FROM checks k
