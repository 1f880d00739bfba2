-- What is told of the products $2 of tenant $1, in that order; of their variants too where $3 says so. Those that are
-- not there are left out.
SELECT p."id", p."name", p."sku", p."status", p."productLink", p."imageUrl",
       array_remove(p."subImages", NULL) AS "subImages", p."thumbnailUrl",
       array_remove(p."thumbnailSubImages", NULL) AS "thumbnailSubImages",
       p."categoryId", p."attributeGroupId", p."familyId", p."userId", p."createdAt", p."updatedAt",
       (SELECT o."sku" FROM live."Product" o WHERE o."id" = p."parentProductId" AND p."detachedBy" IS NULL) AS "parentSku",
       ARRAY(SELECT m."categoryId" FROM "ProductCategory" m WHERE m."productId" = p."id"
              ORDER BY m."position", m."categoryId") AS "moreCategories",
       ARRAY(SELECT ROW(v."attributeId", v."value") FROM "ProductAttribute" v
              WHERE v."productId" = p."id" AND v."value" <> '' ORDER BY v."id") AS "values",
       -- A CASE: as a condition, "false" would leave a look at all products, once for each of the export's pieces.
       CASE WHEN $3::bool THEN ARRAY(SELECT ROW(c."name", c."sku") FROM live."Product" c
                                      WHERE c."parentProductId" = p."id" ORDER BY c."id")
            ELSE '{}'::record[] END AS "variants"
  FROM unnest($2::int4[]) WITH ORDINALITY wanted (id, place)
  JOIN live."Product" p ON p."id" = wanted.id AND p."userId" = $1::int4
 ORDER BY wanted.place
