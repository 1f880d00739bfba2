-- Moves what entry $1 of the journal names to the trash: one deletion for each tenant and kind of thing. No two rows get the
-- same time, so that indexes of the replaced service that include it hold nothing up. What was set aside under another name
-- gets its own back.
WITH RECURSIVE /* planned.part.sql */,
item AS MATERIALIZED (
    SELECT 'product' AS kind, p."id", p."userId" AS tenant, p."name", p."sku" FROM "Product" p
     WHERE p."id" IN (SELECT b."id" FROM below b WHERE b.kind = 'product') AND NOT p."isDeleted"
    UNION ALL
    SELECT 'category', c."id", c."userId", c."name", NULL FROM "Category" c
     WHERE c."id" IN (SELECT b."id" FROM below b WHERE b.kind = 'category') AND NOT c."isDeleted"
    UNION ALL
    SELECT 'assetGroup', g."id", g."userId", g."groupName", NULL FROM "AssetGroup" g
     WHERE g."id" IN (SELECT b."id" FROM below b WHERE b.kind = 'assetGroup') AND NOT g."isDeleted"
    UNION ALL
    SELECT 'asset', a."id", a."userId", a."name", NULL FROM "Asset" a
     WHERE a."id" IN (SELECT b."id" FROM below b WHERE b.kind = 'asset') AND NOT a."isDeleted"),
deletion AS (
    INSERT INTO "Deletion" ("userId", "kind", "itemCount", "reason")
    SELECT i.tenant, i.kind, count(*), format('duplicates (doctor, %s)', $1::int8) FROM item i GROUP BY i.tenant, i.kind ORDER BY 1, 2
    RETURNING "id", "userId", "kind", "createdAt", "itemCount"),
moved AS MATERIALIZED (
    SELECT i.kind, i."id", i."name", i."sku", d."id" AS deletion, d."userId" AS tenant,
           d."createdAt" + row_number() OVER (PARTITION BY d."id" ORDER BY i."id") * interval '1 millisecond' AS at
      FROM item i JOIN deletion d ON d."userId" = i.tenant AND d."kind" = i.kind),
product AS (
    UPDATE "Product" t SET "isDeleted" = true, "deletedAt" = m.at, "deletionId" = m.deletion, "name" = split_part(t."name", E'\x1f', 1),
           "sku" = split_part(t."sku", E'\x1f', 1)
      FROM moved m WHERE m.kind = 'product' AND t."id" = m."id" RETURNING t."id"),
category AS (
    UPDATE "Category" t SET "isDeleted" = true, "deletedAt" = m.at, "deletionId" = m.deletion, "name" = split_part(t."name", E'\x1f', 1)
      FROM moved m WHERE m.kind = 'category' AND t."id" = m."id" RETURNING t."id"),
asset_group AS (
    UPDATE "AssetGroup" t SET "isDeleted" = true, "deletedAt" = m.at, "deletionId" = m.deletion,
           "groupName" = split_part(t."groupName", E'\x1f', 1)
      FROM moved m WHERE m.kind = 'assetGroup' AND t."id" = m."id" RETURNING t."id"),
asset AS (
    UPDATE "Asset" t SET "isDeleted" = true, "deletedAt" = m.at, "deletionId" = m.deletion, "name" = split_part(t."name", E'\x1f', 1)
      FROM moved m WHERE m.kind = 'asset' AND t."id" = m."id" RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "action", "entity", "deletionId", "requestId", "detail")
    SELECT d."userId", d."kind" || '.bulk_delete', d."kind", d."id", format('doctor %s', $1::int8),
           jsonb_build_object('count', d."itemCount", 'reason', 'duplicates') FROM deletion d
    UNION ALL
    SELECT m.tenant, m.kind || '.delete_in_bulk', m.kind, m.deletion, format('doctor %s', $1::int8),
           jsonb_strip_nulls(jsonb_build_object('name', split_part(m."name", E'\x1f', 1), 'sku', split_part(m."sku", E'\x1f', 1), 'id', m."id"))
      FROM moved m),
noted AS (
    UPDATE "_pixelpim_journal" j SET "state" = 'done',
           "detail" = j."detail" || jsonb_build_object('deletions', (SELECT coalesce(jsonb_agg(d."id" ORDER BY d."id"), '[]') FROM deletion d))
     WHERE j."id" = $1::int8 RETURNING j."id"),
changed AS (
    INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
    SELECT $1::int8, 'update', CASE m.kind WHEN 'product' THEN 'Product' WHEN 'category' THEN 'Category'
                                           WHEN 'assetGroup' THEN 'AssetGroup' ELSE 'Asset' END,
           jsonb_build_object('id', m."id", 'isDeleted', false, 'deletedAt', NULL, 'deletionId', NULL)
      FROM moved m ORDER BY m.kind, m."id"
    RETURNING "number")
SELECT (SELECT count(*) FROM moved) AS rows, (SELECT count(*) FROM deletion) AS deletions, (SELECT count(*) FROM noted) AS entries
