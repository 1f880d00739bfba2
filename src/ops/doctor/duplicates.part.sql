-- Living rows of which only one may be: the most recent stays, the others are in `duplicate`. (A database from before the
-- trash has no "isDeleted": there the name leads to `absent`, and everything lives.)
living AS (
    SELECT 'product' AS kind, 'SKU' AS field, p."id", p."userId" AS tenant, p."sku" AS value, NULL::int4 AS place, p."createdAt"
      FROM (VALUES (false)) AS absent ("isDeleted"),
           LATERAL (SELECT "id", "userId", "sku", "createdAt" FROM "Product" WHERE NOT "isDeleted") p
    UNION ALL
    SELECT 'product', 'name', p."id", p."userId", p."name", NULL, p."createdAt"
      FROM (VALUES (false)) AS absent ("isDeleted"),
           LATERAL (SELECT "id", "userId", "name", "createdAt" FROM "Product" WHERE NOT "isDeleted") p
    UNION ALL
    SELECT 'category', 'name', c."id", c."userId", c."name", c."parentCategoryId", c."createdAt"
      FROM (VALUES (false)) AS absent ("isDeleted"),
           LATERAL (SELECT "id", "userId", "name", "parentCategoryId", "createdAt" FROM "Category" WHERE NOT "isDeleted") c
    UNION ALL
    SELECT 'assetGroup', 'name', g."id", g."userId", g."groupName", g."parentGroupId", g."createdAt"
      FROM (VALUES (false)) AS absent ("isDeleted"),
           LATERAL (SELECT "id", "userId", "groupName", "parentGroupId", "createdAt" FROM "AssetGroup" WHERE NOT "isDeleted") g
    UNION ALL
    SELECT 'asset', 'name', a."id", a."userId", a."name", a."assetGroupId", a."createdAt"
      FROM (VALUES (false)) AS absent ("isDeleted"),
           LATERAL (SELECT "id", "userId", "name", "assetGroupId", "createdAt" FROM "Asset" WHERE NOT "isDeleted") a),
ranked AS (
    SELECT l.kind, l.field, l."id", l.tenant, l.value, row_number() OVER most_recent AS nth, first_value(l."id") OVER most_recent AS kept
      FROM living l
    WINDOW most_recent AS (PARTITION BY l.kind, l.field, l.tenant, l.place, l.value ORDER BY l."createdAt" DESC, l."id" DESC)),
-- What is planned for the trash already ($2) is no duplicate any more.
duplicate AS MATERIALIZED (
    SELECT DISTINCT ON (r.kind, r."id") r.kind, r.field, r."id", r.tenant, r.value, r.kept
      FROM ranked r
     WHERE r.nth > 1
       AND r.kind || ' ' || r."id" <> ALL ($2::text[])
     ORDER BY r.kind, r."id", r.field <> 'SKU')
