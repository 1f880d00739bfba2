-- The families of tenant $1, each with its attributes in their order.
SELECT f."id", f."name",
       ARRAY(SELECT ROW(a."id", fa."isRequired") FROM "FamilyAttribute" fa JOIN live."Attribute" a ON a."id" = fa."attributeId"
              WHERE fa."familyId" = f."id" ORDER BY fa."id") AS "attributes"
  FROM live."Family" f WHERE f."userId" = $1::int4
