-- Rows that can't go into the catalogue of tenant $1: the SKU or the name is in the file already, or the name
-- belongs to a living product that the file does not rename.
WITH twice AS (
    SELECT r.line, format('sku: "%s" is in line %s already; a SKU can be in the file once', r.sku, f.line) AS reason
      FROM import_row r
      JOIN (SELECT sku, min(line) AS line FROM import_row GROUP BY sku) f ON f.sku = r.sku AND f.line < r.line),
named AS (
    SELECT r.line, format('name: "%s" is the name of line %s already; give each product its own', r.name, f.line) AS reason
      FROM import_row r
      JOIN (SELECT name, min(line) AS line FROM import_row GROUP BY name) f ON f.name = r.name AND f.line < r.line
     WHERE NOT EXISTS (SELECT FROM twice t WHERE t.line = r.line)),
taken AS (
    SELECT r.line, format('name: "%s" belongs to the product %s with the SKU "%s"; rename one of them', r.name, p."id", p."sku") AS reason
      FROM import_row r
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."name" = r.name AND p."sku" <> r.sku
     WHERE NOT EXISTS (SELECT FROM import_row o WHERE o.sku = p."sku" AND o.name <> p."name")
       AND NOT EXISTS (SELECT FROM twice t WHERE t.line = r.line)
       AND NOT EXISTS (SELECT FROM named n WHERE n.line = r.line))
INSERT INTO import_reject (line, reason, is_row, is_staged)
SELECT line, reason, true, true FROM twice
UNION ALL SELECT line, reason, true, true FROM named
UNION ALL SELECT line, reason, true, true FROM taken
