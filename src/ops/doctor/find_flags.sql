-- Rows that say of themselves that they are in the trash, and since when, but not both: how many, and the first $1.
SELECT count(*) OVER () AS total,
       format('%s %s: %s', t.kind, t."id", CASE WHEN t.trashed THEN 'in the trash, but nobody knows since when'
                                                ELSE format('living, but deleted at %s', t.at) END) AS what
  FROM (VALUES (false, NULL::timestamp)) AS absent ("isDeleted", "deletedAt"), LATERAL (
        SELECT 'product' AS kind, "id", "isDeleted" AS trashed, "deletedAt" AS at FROM "Product" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)
        UNION ALL SELECT 'asset', "id", "isDeleted", "deletedAt" FROM "Asset" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)
        UNION ALL SELECT 'assetGroup', "id", "isDeleted", "deletedAt" FROM "AssetGroup" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)
        UNION ALL SELECT 'category', "id", "isDeleted", "deletedAt" FROM "Category" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)
        UNION ALL SELECT 'family', "id", "isDeleted", "deletedAt" FROM "Family" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)
        UNION ALL SELECT 'attribute', "id", "isDeleted", "deletedAt" FROM "Attribute" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)
        UNION ALL SELECT 'attributeGroup', "id", "isDeleted", "deletedAt" FROM "AttributeGroup" WHERE "isDeleted" <> ("deletedAt" IS NOT NULL)) t
 ORDER BY t.kind, t."id" LIMIT $1::int4
