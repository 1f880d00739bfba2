/* category_path.part.sql */,
wanted AS (
    SELECT p."id" AS product_id, k."id" AS category_id, min(i.position) AS position
      FROM import_row r
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
      JOIN import_category i ON i.entry = r.entry AND i.position > 1
      JOIN known k ON k.path = i.path
     GROUP BY 1, 2)
