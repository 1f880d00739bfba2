-- What trash_content_hash gives for the products in product_ids, of all at once. (A list of JSON is written
-- as its parts are, which saves to put it together as JSON first. FULL JOINs are hashed, and add none here.)
product_values AS MATERIALIZED (
    SELECT v."productId" AS id, string_agg(to_jsonb(v)::text, ', ' ORDER BY v."id") AS text FROM "ProductAttribute" v
     WHERE v."productId" = ANY ((SELECT i.ids FROM product_ids i)::int4[]) GROUP BY 1),
product_assets AS MATERIALIZED (
    SELECT l."productId" AS id, string_agg(to_jsonb(l)::text, ', ' ORDER BY l."id") AS text FROM "ProductAsset" l
     WHERE l."productId" = ANY ((SELECT i.ids FROM product_ids i)::int4[]) GROUP BY 1),
product_categories AS MATERIALIZED (
    SELECT c."productId" AS id, string_agg(to_jsonb(c)::text, ', ' ORDER BY c."position", c."categoryId") AS text FROM "ProductCategory" c
     WHERE c."productId" = ANY ((SELECT i.ids FROM product_ids i)::int4[]) GROUP BY 1),
product_row AS MATERIALIZED (
    SELECT p."id", to_jsonb(p)::text AS text FROM "Product" p
     WHERE p."id" = ANY ((SELECT i.ids FROM product_ids i)::int4[]) AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END),
product_hash AS MATERIALIZED (
    SELECT 'product' AS kind, p."id", encode(sha256(convert_to(format('%s[%s][%s][%s]', p.text, v.text, a.text, c.text), 'UTF8')), 'hex') AS hash
      FROM product_row p FULL JOIN product_values v ON v.id = p."id" FULL JOIN product_assets a ON a.id = p."id"
      FULL JOIN product_categories c ON c.id = p."id"),
