-- Values that the products of tenant $1 do not have yet.
/* wanted_values.part.sql */,
made AS (
    INSERT INTO "ProductAttribute" ("productId", "attributeId", "value", "familyAttributeId")
    SELECT w.product_id, w.attribute_id, w.value, w.family_attribute_id
      FROM wanted w
     WHERE NOT EXISTS (SELECT FROM "ProductAttribute" o
                        WHERE o."productId" = w.product_id AND o."attributeId" = w.attribute_id)
     ORDER BY 1, 2
    RETURNING "productId")
INSERT INTO import_changed (id) SELECT DISTINCT "productId" FROM made ON CONFLICT DO NOTHING
