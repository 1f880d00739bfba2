WITH wanted AS (
    SELECT DISTINCT ON (p."id", a."id") p."id" AS product_id, a."id" AS attribute_id, v.value, f."id" AS family_attribute_id
      FROM import_row r
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
      JOIN import_value v ON v.line = r.line
      JOIN live."Attribute" a ON a."userId" = $1::int4 AND a."name" = v.name
      LEFT JOIN "FamilyAttribute" f ON f."familyId" = p."familyId" AND f."attributeId" = a."id"
     ORDER BY p."id", a."id")
