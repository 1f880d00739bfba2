WITH wanted AS (
    SELECT DISTINCT ON (p."id", a."id") p."id" AS product_id, a."id" AS attribute_id, a."name" AS attribute, v.value,
           f."id" AS family_attribute_id
      FROM import_row r
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
      JOIN import_value v ON v.entry = r.entry
      JOIN import_name n ON n.name = v.name
      JOIN live."Attribute" a ON a."userId" = $1::int4 AND a."id" = n.attribute_id
      LEFT JOIN "FamilyAttribute" f ON f."familyId" = p."familyId" AND f."attributeId" = a."id"
     ORDER BY p."id", a."id", v.name = a."name" DESC, v.name)
