-- Values that the products of tenant $1 have and the file does not say: where it replaces, they go.
WITH gone AS (
    DELETE FROM "ProductAttribute" v
     USING import_row r, live."Product" p, live."Attribute" a
     WHERE p."userId" = $1::int4 AND p."sku" = r.sku AND v."productId" = p."id"
       AND a."id" = v."attributeId" AND a."userId" = $1::int4
       AND NOT EXISTS (SELECT FROM import_value i JOIN import_name n ON n.name = i.name
                        WHERE i.entry = r.entry AND n.attribute_id = v."attributeId")
    RETURNING v."productId", a."name")
INSERT INTO import_changed (id, field) SELECT "productId", "name" FROM gone ON CONFLICT DO NOTHING
