-- Deletes the trashed asset $2 of tenant $1 for good, for $3, with its links. Its file goes after the commit, when nobody
-- else has it (a trigger of "Asset" leaves word). $4 request id. Always one row.
WITH root AS MATERIALIZED (
    SELECT a."id", a."name", a."deletionId", a."contentHash" FROM "Asset" a
     WHERE a."userId" = $1::int4 AND a."id" = $2::int4 AND a."isDeleted" FOR UPDATE),
purged AS (
    DELETE FROM "Asset" t WHERE t."id" IN (SELECT r."id" FROM root r) AND t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'asset.purge', 'asset', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."name", 'file', r."contentHash") FROM root r)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "Asset" t WHERE t."userId" = $1::int4 AND t."id" = $2::int4 AND NOT t."isDeleted") AS "isActive"
