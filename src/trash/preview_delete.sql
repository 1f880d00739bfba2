-- What would go to the trash if the living things $3 of the kind $2 of tenant $1 were deleted, with $4 their variants or what is below
-- them. $5 the retention in days. (+ 0: what is below is found by what it is below, and not among all of the tenant's.) Always
-- one row.
WITH RECURSIVE item AS (
    SELECT x.kind, x."id", true AS is_root FROM (
        SELECT 'product'::text AS kind, t."id" FROM live."Product" t WHERE $2::text = 'product' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))
        UNION ALL SELECT 'asset', t."id" FROM live."Asset" t WHERE $2::text = 'asset' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))
        UNION ALL SELECT 'assetGroup', t."id" FROM live."AssetGroup" t WHERE $2::text = 'assetGroup' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))
        UNION ALL SELECT 'category', t."id" FROM live."Category" t WHERE $2::text = 'category' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))
        UNION ALL SELECT 'family', t."id" FROM live."Family" t WHERE $2::text = 'family' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))
        UNION ALL SELECT 'attribute', t."id" FROM live."Attribute" t WHERE $2::text = 'attribute' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))
        UNION ALL SELECT 'attributeGroup', t."id" FROM live."AttributeGroup" t WHERE $2::text = 'attributeGroup' AND t."userId" = $1::int4 AND t."id" IN (SELECT unnest($3::int4[]))) x
    UNION
    SELECT i.kind, b."id", false FROM item i, LATERAL (
        SELECT t."id" FROM live."Product" t WHERE i.kind = 'product' AND t."userId" + 0 = $1::int4 AND t."parentProductId" = i."id"
        UNION ALL SELECT t."id" FROM live."Category" t WHERE i.kind = 'category' AND t."userId" + 0 = $1::int4 AND t."parentCategoryId" = i."id"
        UNION ALL SELECT t."id" FROM live."AssetGroup" t WHERE i.kind = 'assetGroup' AND t."userId" + 0 = $1::int4 AND t."parentGroupId" = i."id") b
     WHERE $4::bool),
one AS MATERIALIZED (SELECT DISTINCT i.kind, i."id" FROM item i)
SELECT (SELECT count(*)::int4 FROM item i WHERE i.is_root) AS "chosen", (SELECT count(*)::int4 FROM one) AS "rows",
       (SELECT count(*)::int4 FROM one i JOIN live."Product" p ON p."id" = i."id" AND p."parentProductId" IS NOT NULL WHERE i.kind = 'product') AS "variants",
       (SELECT count(*) FROM "ProductAttribute" v WHERE v."productId" IN (SELECT i."id" FROM one i WHERE i.kind = 'product')
            OR v."attributeId" IN (SELECT i."id" FROM one i WHERE i.kind = 'attribute')) AS "values",
       (SELECT count(*) FROM "ProductAsset" l WHERE l."productId" IN (SELECT i."id" FROM one i WHERE i.kind = 'product')
            OR l."assetId" IN (SELECT i."id" FROM one i WHERE i.kind = 'asset')) AS "links",
       (SELECT count(*) FROM one i WHERE i.kind = 'asset') AS "files",
       (SELECT coalesce(sum(a."size"), 0)::int8 FROM live."Asset" a
         WHERE a."userId" = $1::int4 AND a."id" IN (SELECT i."id" FROM one i WHERE i.kind = 'asset')) AS "bytes",
       ARRAY(SELECT p."sku" FROM one i JOIN live."Product" p ON p."id" = i."id" WHERE i.kind = 'product' ORDER BY p."sku" LIMIT 100) AS "skus",
       now() AT TIME ZONE 'UTC' + make_interval(days => trash_retention($1::int4, $5::int4)) AS "purgeAt"
