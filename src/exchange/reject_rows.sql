-- Rows that can't go into the catalogue of tenant $1: the SKU or the name is in the file already, the name belongs to a
-- living product that the file does not rename, or the product is there, or is not, against the mode $2.
WITH twice AS (
    SELECT r.line, r.entry, format('sku: "%s" is in line %s already; a SKU can be in the file once', r.sku, f.line) AS reason
      FROM import_row r
      JOIN (SELECT DISTINCT ON (sku) sku, entry, line FROM import_row ORDER BY sku, entry) f ON f.sku = r.sku AND f.entry < r.entry),
moded AS (
    SELECT r.line, r.entry,
           CASE WHEN $2::text = 'create' AND p."id" IS NOT NULL
                THEN format('sku: "%s" is in the catalogue already, and products are to be made only', r.sku)
                WHEN $2::text = 'update' AND p."id" IS NULL
                THEN format('sku: "%s" is not in the catalogue, and products are to be changed only', r.sku)
                WHEN r.name IS NULL AND p."id" IS NULL
                THEN 'name: it is missing; every product needs one' END AS reason
      FROM import_row r
      LEFT JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
     WHERE NOT EXISTS (SELECT FROM twice t WHERE t.entry = r.entry)),
named AS (
    SELECT r.line, r.entry, format('name: "%s" is the name of line %s already; give each product its own', r.name, f.line) AS reason
      FROM import_row r
      JOIN (SELECT DISTINCT ON (name) name, entry, line FROM import_row ORDER BY name, entry) f ON f.name = r.name AND f.entry < r.entry
     WHERE NOT EXISTS (SELECT FROM twice t WHERE t.entry = r.entry)
       AND NOT EXISTS (SELECT FROM moded m WHERE m.entry = r.entry AND m.reason IS NOT NULL)),
taken AS (
    SELECT r.line, r.entry, format('name: "%s" belongs to the product %s with the SKU "%s"; rename one of them', r.name, p."id", p."sku") AS reason
      FROM import_row r
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."name" = r.name AND p."sku" <> r.sku
     WHERE NOT EXISTS (SELECT FROM import_row o WHERE o.sku = p."sku" AND o.name <> p."name")
       AND NOT EXISTS (SELECT FROM twice t WHERE t.entry = r.entry)
       AND NOT EXISTS (SELECT FROM moded m WHERE m.entry = r.entry AND m.reason IS NOT NULL)
       AND NOT EXISTS (SELECT FROM named n WHERE n.entry = r.entry))
INSERT INTO import_reject (line, entry, reason, is_row, is_staged)
SELECT line, entry, reason, true, true FROM twice
UNION ALL SELECT line, entry, reason, true, true FROM moded WHERE reason IS NOT NULL
UNION ALL SELECT line, entry, reason, true, true FROM named
UNION ALL SELECT line, entry, reason, true, true FROM taken
