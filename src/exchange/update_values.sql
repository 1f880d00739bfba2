-- Values of the products of tenant $1 that differ from the file.
/* wanted_values.part.sql */,
changed AS (
    UPDATE "ProductAttribute" v SET "value" = w.value, "familyAttributeId" = w.family_attribute_id
      FROM wanted w
     WHERE v."productId" = w.product_id AND v."attributeId" = w.attribute_id
       AND (v."value", v."familyAttributeId") IS DISTINCT FROM (w.value, w.family_attribute_id)
    RETURNING v."productId", w.attribute)
INSERT INTO import_changed (id, field) SELECT DISTINCT "productId", attribute FROM changed ON CONFLICT DO NOTHING
