-- Who stands in the way of restoring the trashed asset $2 of tenant $1? Writes the refusal to the audit, for $3, request id
-- $4. No row: nobody does, or the asset is not in the trash. (Looked for in the order of names: else the index by which a folder is
-- listed is as good, to a planner who knows nothing, and all of the folder is read. See also restore_items.sql.)
WITH holder AS MATERIALIZED (
    SELECT h."id", h."name" FROM "Asset" a, LATERAL (
        (SELECT h."id", h."name" FROM "Asset" h
          WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" BETWEEN a."name" AND a."name" AND h."assetGroupId" = a."assetGroupId"
          ORDER BY h."name" LIMIT 1)
        UNION ALL
        (SELECT h."id", h."name" FROM "Asset" h
          WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" BETWEEN a."name" AND a."name" AND h."assetGroupId" IS NULL
            AND a."assetGroupId" IS NULL
          ORDER BY h."assetGroupId", h."name" LIMIT 1)) h
     WHERE a."id" = $2::int4 AND CASE WHEN a."userId" = $1::int4 THEN a."isDeleted" END LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'asset.restore_refused', 'asset', $2::int4, $4::text,
           jsonb_build_object('field', 'name', 'value', h."name", 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", $2::int4 AS "itemId" FROM holder h
