-- What w needs and is in the trash: its parent, category, family, groups.
        SELECT 'product'::text AS kind, t."id", t."deletionId" FROM "Product" o JOIN "Product" t ON t."id" = o."parentProductId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'category'::text AS kind, t."id", t."deletionId" FROM "Product" o JOIN "Category" t ON t."id" = o."categoryId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'family'::text AS kind, t."id", t."deletionId" FROM "Product" o JOIN "Family" t ON t."id" = o."familyId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'attributeGroup'::text AS kind, t."id", t."deletionId" FROM "Product" o JOIN "AttributeGroup" t ON t."id" = o."attributeGroupId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'category', t."id", t."deletionId" FROM "ProductCategory" o JOIN "Category" t ON t."id" = o."categoryId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'product' AND o."productId" = w."id"
        UNION ALL SELECT 'category', t."id", t."deletionId" FROM "Category" o JOIN "Category" t ON t."id" = o."parentCategoryId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'category' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'assetGroup', t."id", t."deletionId" FROM "AssetGroup" o JOIN "AssetGroup" t ON t."id" = o."parentGroupId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'assetGroup' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'assetGroup', t."id", t."deletionId" FROM "Asset" o JOIN "AssetGroup" t ON t."id" = o."assetGroupId" AND CASE WHEN t."isDeleted" THEN true END
         WHERE w.kind = 'asset' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
