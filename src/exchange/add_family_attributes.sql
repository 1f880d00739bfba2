-- The attributes that products of a family have in the file belong to it, as optional ones: what is required is for
-- people to say. $1 tenant.
INSERT INTO "FamilyAttribute" ("familyId", "attributeId", "isRequired")
SELECT DISTINCT f."id", a."id", false
  FROM import_row r
  JOIN import_value v ON v.line = r.line
  JOIN live."Family" f ON f."userId" = $1::int4 AND f."name" = r.family
  JOIN live."Attribute" a ON a."userId" = $1::int4 AND a."name" = v.name
 WHERE NOT EXISTS (SELECT FROM "FamilyAttribute" o WHERE o."familyId" = f."id" AND o."attributeId" = a."id")
 ORDER BY 1, 2
ON CONFLICT ("familyId", "attributeId") DO NOTHING
