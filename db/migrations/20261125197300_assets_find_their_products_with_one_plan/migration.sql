-- A function in SQL is planned anew for each upload, which took most of the time of one; one in PL/pgSQL once a session.
CREATE OR REPLACE FUNCTION attach_assets_by_sku(products INTEGER[], assets INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT p."id" AS product, a."id" AS asset, a."name", a."filePath", a."mimeType", asset_role(p."sku", a."name") AS role
          FROM live."Product" p JOIN live."Asset" a
            ON a."userId" = p."userId" AND lower(a."name") ~>=~ lower(p."sku")
           AND lower(a."name") ~<~ (lower(p."sku") || U&'\+10FFFF')
         WHERE p."id" = ANY (products)
        UNION
        SELECT p."id", a."id", a."name", a."filePath", a."mimeType", asset_role(p."sku", a."name")
          FROM (SELECT n.*, ARRAY(SELECT left(lower(n."name"), i) FROM generate_series(1, length(n."name")) AS i) AS beginnings
                  FROM live."Asset" n WHERE n."id" = ANY (assets) OFFSET 0) a
          JOIN live."Product" p ON p."userId" = a."userId" AND lower(p."sku") = ANY (a.beginnings)),
    linked AS (
        INSERT INTO "ProductAsset" ("productId", "assetId")
        SELECT r.product, r.asset FROM pair r WHERE r.role IS NOT NULL
         ORDER BY r.product, r.role <> 'main', r."name", r.asset
        ON CONFLICT ("productId", "assetId") DO NOTHING
        RETURNING "productId", "assetId"),
    image AS (
        SELECT r.product, min(r."filePath") FILTER (WHERE r.role = 'main') AS main,
               coalesce(array_agg(r."filePath" ORDER BY r."name", r.asset) FILTER (WHERE r.role = 'sub'), '{}') AS sub
          FROM pair r JOIN linked l ON l."productId" = r.product AND l."assetId" = r.asset
         WHERE r."mimeType" LIKE 'image/%'
         GROUP BY r.product)
    UPDATE "Product" t
       SET "imageUrl" = coalesce(t."imageUrl", i.main),
           "subImages" = coalesce(t."subImages", '{}')
               || ARRAY(SELECT s FROM unnest(i.sub) WITH ORDINALITY AS u (s, n) WHERE s <> ALL (coalesce(t."subImages", '{}')) ORDER BY n),
           "version" = t."version" + 1, "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM image i
     WHERE t."id" = i.product
       AND ((t."imageUrl" IS NULL AND i.main IS NOT NULL) OR NOT i.sub <@ coalesce(t."subImages", '{}'));
END $$;