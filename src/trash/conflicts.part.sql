-- What must be unique among the living of each item, who living has it, and which of the items themselves comes first (the
-- one that was deleted last). Each item is there with its name, and a product with its SKU too. (SELECT: so the
-- planner does not take all of the tenant's for one row, where it knows nothing of the tenant, and uses the index of the names.
-- Places are compared as they are and then as none, each by itself: an index knows no IS NOT DISTINCT FROM. The name of an asset is
-- looked for in its order: else the index by which a folder is listed is as good, to a planner who knows nothing, and all of a folder
-- is read for each.)
needed AS MATERIALIZED (
    SELECT n.kind, n."id", n.name, n.sku, n.place, n."deletionId", n."deletedAt",
           n.field, n.value, n.holder, n.holder_name, n.holder_sku,
           row_number() OVER (PARTITION BY n.kind, n.field, n.place, n.value ORDER BY n."deletedAt" DESC, n."id" DESC)::int4 AS nth
      FROM (
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'sku'::text AS field, i.sku AS value, h."id" AS holder, h."name" AS holder_name, h."sku" AS holder_sku
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."name", h."sku" FROM "Product" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."sku" = i.sku LIMIT 1) h ON true
     WHERE i.kind = 'product'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."name", h."sku"
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."name", h."sku" FROM "Product" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i.name LIMIT 1) h ON true
     WHERE i.kind = 'product'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."name", h."sku"
      FROM item i LEFT JOIN LATERAL ((SELECT h."id", h."name", NULL::text AS "sku" FROM "Asset" h
                                       WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" BETWEEN i.name AND i.name AND h."assetGroupId" = i.place
                                       ORDER BY h."name" LIMIT 1)
                                     UNION ALL
                                     (SELECT h."id", h."name", NULL::text AS "sku" FROM "Asset" h
                                       WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" BETWEEN i.name AND i.name AND h."assetGroupId" IS NULL AND i.place IS NULL
                                       ORDER BY h."assetGroupId", h."name" LIMIT 1)) h ON true
     WHERE i.kind = 'asset'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."groupName", h."sku"
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."groupName", NULL::text AS "sku" FROM "AssetGroup" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."groupName" = i.name AND h."parentGroupId" = i.place
                                     UNION ALL
                                     SELECT h."id", h."groupName", NULL::text AS "sku" FROM "AssetGroup" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."groupName" = i.name AND h."parentGroupId" IS NULL AND i.place IS NULL
                                      LIMIT 1) h ON true
     WHERE i.kind = 'assetGroup'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."name", h."sku"
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."name", NULL::text AS "sku" FROM "Category" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i.name AND h."parentCategoryId" = i.place
                                     UNION ALL
                                     SELECT h."id", h."name", NULL::text AS "sku" FROM "Category" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i.name AND h."parentCategoryId" IS NULL AND i.place IS NULL
                                      LIMIT 1) h ON true
     WHERE i.kind = 'category'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."name", h."sku"
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."name", NULL::text AS "sku" FROM "Family" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i.name LIMIT 1) h ON true
     WHERE i.kind = 'family'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."name", h."sku"
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."name", NULL::text AS "sku" FROM "Attribute" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i.name LIMIT 1) h ON true
     WHERE i.kind = 'attribute'
    UNION ALL
    SELECT i.kind, i."id", i.name, i.sku, i.place, i."deletionId", i."deletedAt", 'name', i.name, h."id", h."name", h."sku"
      FROM item i LEFT JOIN LATERAL (SELECT h."id", h."name", NULL::text AS "sku" FROM "AttributeGroup" h
                                      WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i.name LIMIT 1) h ON true
     WHERE i.kind = 'attributeGroup') n),
in_the_way AS (
    SELECT n.kind, n."id", n.place, n.field, n.value, n.holder, n.holder_name, n.holder_sku, n.nth,
           n.nth - (n.holder IS NULL)::int4 AS nth_free
      FROM needed n WHERE n.holder IS NOT NULL OR n.nth > 1),
