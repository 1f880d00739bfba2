-- Links between things of different tenants, which the replaced service did not refuse: how many, and the first $1.
SELECT count(*) OVER () AS total, t.what
  FROM (SELECT format('product %s has a value of attribute %s of tenant %s', p."id", a."id", a."userId") AS what
          FROM "ProductAttribute" v JOIN "Product" p ON p."id" = v."productId" JOIN "Attribute" a ON a."id" = v."attributeId"
         WHERE p."userId" <> a."userId"
        UNION ALL
        SELECT format('product %s has asset %s of tenant %s', p."id", a."id", a."userId")
          FROM "ProductAsset" l JOIN "Product" p ON p."id" = l."productId" JOIN "Asset" a ON a."id" = l."assetId"
         WHERE p."userId" <> a."userId"
        UNION ALL
        SELECT format('product %s is in category %s of tenant %s', p."id", c."id", c."userId")
          FROM "Product" p JOIN "Category" c ON c."id" = p."categoryId" WHERE p."userId" <> c."userId"
        UNION ALL
        SELECT format('product %s is of family %s of tenant %s', p."id", f."id", f."userId")
          FROM "Product" p JOIN "Family" f ON f."id" = p."familyId" WHERE p."userId" <> f."userId"
        UNION ALL
        SELECT format('asset %s is in group %s of tenant %s', a."id", g."id", g."userId")
          FROM "Asset" a JOIN "AssetGroup" g ON g."id" = a."assetGroupId" WHERE a."userId" <> g."userId") t
 ORDER BY t.what LIMIT $1::int4
