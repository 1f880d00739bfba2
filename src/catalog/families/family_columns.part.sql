f."id", f."name", f."userId", f."createdAt", f."updatedAt",
       (SELECT count(*) FROM live."Product" p WHERE p."userId" = $1::int4 AND p."familyId" = f."id") AS "productCount",
       ARRAY(SELECT ROW(m."id", m."familyId", m."isRequired", m."additionalValue", m."createdAt",
                        a."id", a."name", a."type", a."defaultValue", a."userId", a."createdAt", a."updatedAt")
               FROM "FamilyAttribute" m JOIN live."Attribute" a ON a."id" = m."attributeId"
              WHERE m."familyId" = f."id" ORDER BY m."id") AS "members"
