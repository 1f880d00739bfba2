-- Values that are linked to an attribute of another family than their product's: how many, and the first $1.
SELECT count(*) OVER () AS total, format('value %s of product %s: it is linked to family %s', v."id", p."id", f."familyId") AS what
  FROM "ProductAttribute" v JOIN "Product" p ON p."id" = v."productId" JOIN "FamilyAttribute" f ON f."id" = v."familyAttributeId"
 WHERE p."familyId" IS DISTINCT FROM f."familyId" ORDER BY v."id" LIMIT $1::int4
