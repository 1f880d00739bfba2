-- Values that the products of tenant $1 do not have yet.
/* wanted_values.part.sql */,
made AS (
    INSERT INTO "ProductAttribute" ("productId", "attributeId", "value", "familyAttributeId")
    SELECT w.product_id, w.attribute_id, w.value, w.family_attribute_id
      FROM wanted w
     WHERE NOT EXISTS (SELECT FROM "ProductAttribute" o
                        WHERE o."productId" = w.product_id AND o."attributeId" = w.attribute_id)
     ORDER BY 1, 2
    RETURNING "productId", "attributeId")
INSERT INTO import_changed (id, field)
SELECT DISTINCT m."productId", a."name" FROM made m JOIN live."Attribute" a ON a."id" = m."attributeId" AND a."userId" = $1::int4
 WHERE NOT EXISTS (SELECT FROM import_made i WHERE i.id = m."productId")
ON CONFLICT DO NOTHING
