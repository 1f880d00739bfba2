-- What w needs and is in the trash: its parent, category, family, groups. (OFFSET 0: each is found by its id, also where the planner
-- expects that merging with all of them is quicker.)
        SELECT 'product'::text AS kind, t."id", t."deletionId" FROM "Product" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "Product" t WHERE t."id" = o."parentProductId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'category'::text AS kind, t."id", t."deletionId" FROM "Product" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "Category" t WHERE t."id" = o."categoryId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'family'::text AS kind, t."id", t."deletionId" FROM "Product" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "Family" t WHERE t."id" = o."familyId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'attributeGroup'::text AS kind, t."id", t."deletionId" FROM "Product" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "AttributeGroup" t WHERE t."id" = o."attributeGroupId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'product' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'category', t."id", t."deletionId" FROM "ProductCategory" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "Category" t WHERE t."id" = o."categoryId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'product' AND o."productId" = w."id"
        UNION ALL SELECT 'category', t."id", t."deletionId" FROM "Category" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "Category" t WHERE t."id" = o."parentCategoryId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'category' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'assetGroup', t."id", t."deletionId" FROM "AssetGroup" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "AssetGroup" t WHERE t."id" = o."parentGroupId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'assetGroup' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
        UNION ALL SELECT 'assetGroup', t."id", t."deletionId" FROM "Asset" o, LATERAL (
            SELECT t."id", t."deletionId" FROM "AssetGroup" t WHERE t."id" = o."assetGroupId" AND CASE WHEN t."isDeleted" THEN true END OFFSET 0) t
         WHERE w.kind = 'asset' AND o."id" = w."id" AND CASE WHEN o."userId" = $1::int4 THEN true END
