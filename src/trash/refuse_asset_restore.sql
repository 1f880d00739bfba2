-- Who stands in the way of restoring the trashed asset $2 of tenant $1? Writes the refusal to the audit, for $3, request id
-- $4. No row: nobody does, or the asset is not in the trash.
WITH holder AS MATERIALIZED (
    SELECT h."id", h."name" FROM "Asset" a JOIN "Asset" h
        ON h."userId" = $1::int4 AND NOT h."isDeleted" AND h."name" = a."name"
       AND h."assetGroupId" IS NOT DISTINCT FROM a."assetGroupId"
     WHERE a."userId" = $1::int4 AND a."id" = $2::int4 AND a."isDeleted" LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'asset.restore_refused', 'asset', $2::int4, $4::text,
           jsonb_build_object('field', 'name', 'value', h."name", 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", $2::int4 AS "itemId" FROM holder h
