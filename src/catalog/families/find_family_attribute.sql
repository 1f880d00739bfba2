-- The attribute $3 of the family $2 of tenant $1, as its list has it.
SELECT m."id", m."familyId", m."isRequired", m."additionalValue", m."createdAt",
       a."id" AS "attributeId", a."name", a."type", a."defaultValue", a."userId", a."createdAt" AS "attributeCreatedAt",
       a."updatedAt" AS "attributeUpdatedAt"
  FROM live."Family" f
  JOIN "FamilyAttribute" m ON m."familyId" = f."id"
  JOIN live."Attribute" a ON a."id" = m."attributeId"
 WHERE f."userId" = $1::int4 AND f."id" = $2::int4 AND m."attributeId" = $3::int4
