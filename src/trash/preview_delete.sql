-- What would go to the trash if the living things $3 of the kind $2 of tenant $1 were deleted, with $4 their variants or what is below
-- them. $5 the retention in days. (+ 0, and the CASE: things are found by their ids and by what they are
-- below, and not among all of the tenant's, whatever the planner takes those to be.) Always one row.
WITH RECURSIVE item AS (
    SELECT x.kind, x."id", x.sku, x.parent, x.size, true AS is_root FROM (
        SELECT 'product'::text AS kind, t."id", t."sku" AS sku, t."parentProductId" AS parent, NULL::int4 AS size FROM "Product" t
         WHERE $2::text = 'product' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
        UNION ALL SELECT 'asset', t."id", NULL, NULL, t."size" FROM "Asset" t
         WHERE $2::text = 'asset' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
        UNION ALL SELECT 'assetGroup', t."id", NULL, NULL, NULL FROM "AssetGroup" t
         WHERE $2::text = 'assetGroup' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
        UNION ALL SELECT 'category', t."id", NULL, NULL, NULL FROM "Category" t
         WHERE $2::text = 'category' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
        UNION ALL SELECT 'family', t."id", NULL, NULL, NULL FROM "Family" t
         WHERE $2::text = 'family' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
        UNION ALL SELECT 'attribute', t."id", NULL, NULL, NULL FROM "Attribute" t
         WHERE $2::text = 'attribute' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
        UNION ALL SELECT 'attributeGroup', t."id", NULL, NULL, NULL FROM "AttributeGroup" t
         WHERE $2::text = 'attributeGroup' AND t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END) x
    UNION
    SELECT i.kind, b."id", b.sku, b.parent, NULL, false FROM item i, LATERAL (
        SELECT t."id", t."sku" AS sku, t."parentProductId" AS parent FROM "Product" t
         WHERE i.kind = 'product' AND t."userId" + 0 = $1::int4 AND t."parentProductId" = i."id" AND NOT t."isDeleted"
        UNION ALL SELECT t."id", NULL, NULL FROM "Category" t
         WHERE i.kind = 'category' AND t."userId" + 0 = $1::int4 AND t."parentCategoryId" = i."id" AND NOT t."isDeleted"
        UNION ALL SELECT t."id", NULL, NULL FROM "AssetGroup" t
         WHERE i.kind = 'assetGroup' AND t."userId" + 0 = $1::int4 AND t."parentGroupId" = i."id" AND NOT t."isDeleted") b
     WHERE $4::bool),
one AS MATERIALIZED (SELECT DISTINCT i.kind, i."id", i.sku, i.parent, i.size FROM item i)
SELECT (SELECT count(*)::int4 FROM item i WHERE i.is_root) AS "chosen", (SELECT count(*)::int4 FROM one) AS "rows",
       (SELECT count(*)::int4 FROM one i WHERE i.parent IS NOT NULL) AS "variants",
       (SELECT count(*) FROM (
            SELECT v."id" FROM one i JOIN "ProductAttribute" v ON v."productId" = i."id" WHERE i.kind = 'product'
            UNION ALL SELECT v."id" FROM one i JOIN "ProductAttribute" v ON v."attributeId" = i."id" WHERE i.kind = 'attribute') n) AS "values",
       (SELECT count(*) FROM (
            SELECT l."id" FROM one i JOIN "ProductAsset" l ON l."productId" = i."id" WHERE i.kind = 'product'
            UNION ALL SELECT l."id" FROM one i JOIN "ProductAsset" l ON l."assetId" = i."id" WHERE i.kind = 'asset') n) AS "links",
       (SELECT count(*) FROM one i WHERE i.kind = 'asset') AS "files",
       (SELECT coalesce(sum(i.size), 0)::int8 FROM one i) AS "bytes",
       ARRAY(SELECT i.sku FROM one i WHERE i.kind = 'product' ORDER BY i.sku LIMIT 100) AS "skus",
       now() AT TIME ZONE 'UTC' + make_interval(days => trash_retention($1::int4, $5::int4)) AS "purgeAt"
