-- The rows, locked: each kind by itself, in the order of ids.
product_item AS MATERIALIZED (
    SELECT 'product'::text AS kind, t."id", t."name" AS name, t."sku" AS sku, NULL::int4 AS place, t."parentProductId" AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'product') w
      JOIN "Product" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
asset_item AS MATERIALIZED (
    SELECT 'asset'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, t."assetGroupId" AS place, t."assetGroupId" AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'asset') w
      JOIN "Asset" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
asset_group_item AS MATERIALIZED (
    SELECT 'assetGroup'::text AS kind, t."id", t."groupName" AS name, NULL::text AS sku, t."parentGroupId" AS place, t."parentGroupId" AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'assetGroup') w
      JOIN "AssetGroup" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
category_item AS MATERIALIZED (
    SELECT 'category'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, t."parentCategoryId" AS place, t."parentCategoryId" AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'category') w
      JOIN "Category" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
family_item AS MATERIALIZED (
    SELECT 'family'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, NULL::int4 AS place, NULL::int4 AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'family') w
      JOIN "Family" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
attribute_item AS MATERIALIZED (
    SELECT 'attribute'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, NULL::int4 AS place, NULL::int4 AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'attribute') w
      JOIN "Attribute" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
attribute_group_item AS MATERIALIZED (
    SELECT 'attributeGroup'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, NULL::int4 AS place, NULL::int4 AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = 'attributeGroup') w
      JOIN "AttributeGroup" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE t."userId" = $1::int4 AND t."isDeleted" ORDER BY t."id" FOR UPDATE OF t),
item AS MATERIALIZED (
    SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM product_item i
    UNION ALL SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM asset_item i
    UNION ALL SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM asset_group_item i
    UNION ALL SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM category_item i
    UNION ALL SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM family_item i
    UNION ALL SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM attribute_item i
    UNION ALL SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM attribute_group_item i),
