-- Ids that lead nowhere, in the columns that never had a foreign key: how many, and the first $1.
SELECT count(*) OVER () AS total, format('%s %s names %s %s, which is gone', t.relation, t."id", t.kind, t.target) AS what
  FROM (SELECT 'IntegrationLog' AS relation, l."id", 'product' AS kind, l."productId" AS target FROM "IntegrationLog" l
         WHERE NOT EXISTS (SELECT FROM "Product" p WHERE p."id" = l."productId")
        UNION ALL
        SELECT 'WooCommerceProductSync', s."id", 'product', s."productId" FROM "WooCommerceProductSync" s
         WHERE s."productId" IS NOT NULL AND NOT EXISTS (SELECT FROM "Product" p WHERE p."id" = s."productId")
        UNION ALL
        SELECT 'MyDealWorkItem', w."id", 'product', w."productId" FROM "MyDealWorkItem" w
         WHERE w."productId" IS NOT NULL AND NOT EXISTS (SELECT FROM "Product" p WHERE p."id" = w."productId")
        UNION ALL
        SELECT 'SharedAsset', s."id", 'asset', s."assetId" FROM "SharedAsset" s
         WHERE NOT EXISTS (SELECT FROM "Asset" a WHERE a."id" = s."assetId")
        UNION ALL
        SELECT 'SharedAssetGroup', s."id", 'asset group', s."assetGroupId" FROM "SharedAssetGroup" s
         WHERE NOT EXISTS (SELECT FROM "AssetGroup" g WHERE g."id" = s."assetGroupId")) t
 ORDER BY t.relation, t."id" LIMIT $1::int4
