-- Deletes those of the rows $4 of the kind $3 that are due in the trash of tenant $1 ($2: the installation's retention in days) for
-- good, in the run $5, and leaves a certificate. Nobody is waited for: what somebody has in hands, or whose act is being kept at
-- this moment, stays for the next time; so does what a legal hold keeps. Always one row.
WITH act AS MATERIALIZED (
    SELECT d."id", d."purgeAfter", d."state" FROM "Deletion" d
     WHERE d."userId" = $1::int4
       AND d."id" IN (SELECT t."deletionId" FROM trash."Item" t
                       WHERE t."userId" = $1::int4 AND t."kind" = $3::text AND t."id" = ANY ($4::int4[]))
     ORDER BY d."id" FOR SHARE SKIP LOCKED),
product_item AS MATERIALIZED (
    SELECT t."id", t."name" AS name, t."sku" AS sku, t."deletionId", t."deletedAt" FROM "Product" t
     WHERE $3::text = 'product' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
asset_item AS MATERIALIZED (
    SELECT t."id", t."name" AS name, NULL::text AS sku, t."deletionId", t."deletedAt" FROM "Asset" t
     WHERE $3::text = 'asset' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
asset_group_item AS MATERIALIZED (
    SELECT t."id", t."groupName" AS name, NULL::text AS sku, t."deletionId", t."deletedAt" FROM "AssetGroup" t
     WHERE $3::text = 'assetGroup' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
category_item AS MATERIALIZED (
    SELECT t."id", t."name" AS name, NULL::text AS sku, t."deletionId", t."deletedAt" FROM "Category" t
     WHERE $3::text = 'category' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
family_item AS MATERIALIZED (
    SELECT t."id", t."name" AS name, NULL::text AS sku, t."deletionId", t."deletedAt" FROM "Family" t
     WHERE $3::text = 'family' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
attribute_item AS MATERIALIZED (
    SELECT t."id", t."name" AS name, NULL::text AS sku, t."deletionId", t."deletedAt" FROM "Attribute" t
     WHERE $3::text = 'attribute' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
attribute_group_item AS MATERIALIZED (
    SELECT t."id", t."name" AS name, NULL::text AS sku, t."deletionId", t."deletedAt" FROM "AttributeGroup" t
     WHERE $3::text = 'attributeGroup' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
item AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM product_item i
    UNION ALL SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM asset_item i
    UNION ALL SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM asset_group_item i
    UNION ALL SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM category_item i
    UNION ALL SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM family_item i
    UNION ALL SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM attribute_item i
    UNION ALL SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM attribute_group_item i),
-- (A FULL JOIN is hashed, whatever number of rows is expected.)
joined AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt", a."id" AS act, a."purgeAfter", a."state"
      FROM item i FULL JOIN act a ON a."id" = i."deletionId"),
due AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt",
           EXISTS (SELECT FROM "LegalHold" h WHERE h."userId" = $1::int4 AND h."releasedAt" IS NULL)
           AND trash_hold_on($1::int4, $3::text, i."id") IS NOT NULL AS is_held
      FROM joined i
     WHERE i."deletedAt" IS NOT NULL AND (i."deletionId" IS NULL OR i.act IS NOT NULL) AND i."state" IS DISTINCT FROM 'running'
       AND coalesce(i."purgeAfter", i."deletedAt" + make_interval(days => (SELECT trash_retention($1::int4, $2::int4))))
           <= now() AT TIME ZONE 'UTC' AND NOT EXISTS (SELECT FROM "TrashOff")),
doomed AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt",
           CASE WHEN $3::text = 'product' THEN /* product_hash.part.sql */
                ELSE trash_content_hash($3::text, i."id") END AS hash
      FROM due i WHERE NOT i.is_held),
certificate AS (
    INSERT INTO "PurgeCertificate" ("userId", "actorId", "reason", "requestId", "itemCount", "contentHash")
    SELECT $1::int4, NULL, 'retention', 'cleanup-' || $5::int8, count(*),
           encode(sha256(convert_to(string_agg(d.hash, '' ORDER BY d."id"), 'UTF8')), 'hex')
      FROM doomed d HAVING count(*) > 0
    RETURNING "id"),
certified AS (
    INSERT INTO "PurgedItem" ("certificateId", "kind", "itemId", "deletionId", "deletedAt", "contentHash")
    SELECT c."id", $3::text, d."id", d."deletionId", d."deletedAt", d.hash FROM certificate c, doomed d),
purged_product AS (
    DELETE FROM "Product" t USING doomed i WHERE $3::text = 'product' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged_asset AS (
    DELETE FROM "Asset" t USING doomed i WHERE $3::text = 'asset' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged_asset_group AS (
    DELETE FROM "AssetGroup" t USING doomed i WHERE $3::text = 'assetGroup' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged_category AS (
    DELETE FROM "Category" t USING doomed i WHERE $3::text = 'category' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged_family AS (
    DELETE FROM "Family" t USING doomed i WHERE $3::text = 'family' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged_attribute AS (
    DELETE FROM "Attribute" t USING doomed i WHERE $3::text = 'attribute' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged_attribute_group AS (
    DELETE FROM "AttributeGroup" t USING doomed i WHERE $3::text = 'attributeGroup' AND t."id" = i."id" AND t."isDeleted" RETURNING t."id", i.name, i.sku, i."deletionId"),
purged AS MATERIALIZED (
    SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_product r
    UNION ALL SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_asset r
    UNION ALL SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_asset_group r
    UNION ALL SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_category r
    UNION ALL SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_family r
    UNION ALL SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_attribute r
    UNION ALL SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_attribute_group r),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, NULL, $3::text || '.purge_in_bulk', $3::text, p."id", p."deletionId", 'cleanup-' || $5::int8,
           jsonb_strip_nulls(jsonb_build_object('name', p.name, 'sku', p.sku, 'certificate', (SELECT c."id" FROM certificate c)))
      FROM purged p),
forgotten AS (
    DELETE FROM "CleanupFailure" f USING purged p WHERE f."userId" = $1::int4 AND f."kind" = $3::text AND f."itemId" = p."id"),
delayed AS (
    UPDATE "CleanupFailure" f SET "nextTryAt" = now() + interval '1 hour'
     WHERE f."userId" = $1::int4 AND f."kind" = $3::text AND f."itemId" = ANY ($4::int4[]) AND f."nextTryAt" <= now()
       AND NOT EXISTS (SELECT FROM purged p WHERE p."id" = f."itemId"))
SELECT (SELECT count(*)::int4 FROM purged) AS "purged", (SELECT count(*)::int4 FROM due i WHERE i.is_held) AS "held"
