-- The products of tenant $1 that an import made, or else changed, with the fields that it did: the first 1,000 of each.
SELECT s.line, s.sku, s.name, s.is_new, s.fields
  FROM (SELECT r.line, p."sku" AS sku, p."name" AS name, m.id IS NOT NULL AS is_new,
               to_json(ARRAY(SELECT c.field FROM import_changed c WHERE c.id = p."id" AND m.id IS NULL ORDER BY c.field))::text AS fields,
               row_number() OVER (PARTITION BY m.id IS NOT NULL ORDER BY r.line) AS place
          FROM import_row r
          JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
          LEFT JOIN import_made m ON m.id = p."id"
         WHERE m.id IS NOT NULL OR EXISTS (SELECT FROM import_changed c WHERE c.id = p."id")) s
 WHERE s.place <= 1000 ORDER BY s.line
