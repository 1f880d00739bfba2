-- Files of products are found by their names. An asset whose name begins with the SKU of a product is attached
-- to it, when either of them is made or gets its name.

-- What an asset called `name` is to the product with this SKU: 'main' (it is called just so), 'sub' (one of its further
-- images), 'other'; NULL: nothing. Behind the SKU comes "_", "-", a space, "." or "[…]".
CREATE FUNCTION asset_role(sku TEXT, name TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN lower(left(name, length(sku))) <> lower(sku) THEN NULL
                WHEN rest = '' OR rest ~ '^\.(jpe?g|png|gif|webp|bmp|svg|tiff?|avif|hei[cf])$' THEN 'main'
                WHEN rest !~ '^([-_ .]|\[[^\]]*\])' THEN NULL
                WHEN ltrim(rest, '-_ .[') ~ '^(image|main|primary|front)' THEN 'other'
                WHEN ltrim(rest, '-_ .[') ~ '^sub' OR rest ~ 'sub[-_]?image' THEN 'sub'
                ELSE 'other' END
      FROM (SELECT lower(substr(name, length(sku) + 1)) AS rest) t
$$;

-- Attaches by SKU: the assets of these products, and the products of these assets. An image that was chosen stays (only a
-- product without one gets one), and a further image is never there twice.
CREATE FUNCTION attach_assets_by_sku(products INTEGER[], assets INTEGER[]) RETURNS void LANGUAGE sql AS $$
    WITH pair AS MATERIALIZED (
        SELECT p."id" AS product, a."id" AS asset, a."name", a."filePath", a."mimeType", asset_role(p."sku", a."name") AS role
          FROM live."Product" p JOIN live."Asset" a
            ON a."userId" = p."userId" AND lower(a."name") ~>=~ lower(p."sku")
           AND lower(a."name") ~<~ (lower(p."sku") || U&'\+10FFFF')
         WHERE p."id" = ANY (products)
        UNION
        SELECT p."id", a."id", a."name", a."filePath", a."mimeType", asset_role(p."sku", a."name")
          FROM live."Asset" a CROSS JOIN LATERAL generate_series(1, length(a."name")) AS n
          JOIN live."Product" p ON p."userId" = a."userId" AND lower(p."sku") = left(lower(a."name"), n)
         WHERE a."id" = ANY (assets)),
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
       AND ((t."imageUrl" IS NULL AND i.main IS NOT NULL) OR NOT i.sub <@ coalesce(t."subImages", '{}'))
$$;

CREATE FUNCTION product_finds_assets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- (A tenant without files is not looked at any closer: an import makes a hundred thousand products at once.)
    PERFORM attach_assets_by_sku(t.ids, '{}')
       FROM (SELECT array_agg("id" ORDER BY "id") AS ids, "userId" FROM added WHERE NOT "isDeleted" GROUP BY "userId") t
      WHERE EXISTS (SELECT FROM live."Asset" a WHERE a."userId" = t."userId");
    RETURN NULL;
END $$;
CREATE TRIGGER "Product_finds_assets" AFTER INSERT ON "Product" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION product_finds_assets();

CREATE FUNCTION product_sku_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM attach_assets_by_sku(ARRAY[NEW."id"], '{}');
    RETURN NULL;
END $$;
CREATE TRIGGER "Product_sku_changed" AFTER UPDATE OF "sku" ON "Product" FOR EACH ROW
    WHEN (NEW."sku" <> OLD."sku" AND NOT NEW."isDeleted") EXECUTE FUNCTION product_sku_changed();

CREATE FUNCTION asset_finds_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM attach_assets_by_sku('{}', ARRAY(SELECT "id" FROM added WHERE NOT "isDeleted" ORDER BY "id"));
    RETURN NULL;
END $$;
CREATE TRIGGER "Asset_finds_products" AFTER INSERT ON "Asset" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION asset_finds_products();

CREATE FUNCTION asset_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM attach_assets_by_sku('{}', ARRAY[NEW."id"]);
    RETURN NULL;
END $$;
CREATE TRIGGER "Asset_name_changed" AFTER UPDATE OF "name" ON "Asset" FOR EACH ROW
    WHEN (NEW."name" <> OLD."name" AND NOT NEW."isDeleted") EXECUTE FUNCTION asset_name_changed();
