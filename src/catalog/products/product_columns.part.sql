p."id", p."name", p."sku", p."productLink", p."imageUrl", array_remove(p."subImages", NULL) AS "subImages",
       p."thumbnailUrl", array_remove(p."thumbnailSubImages", NULL) AS "thumbnailSubImages", p."status", p."userId",
       CASE WHEN p."detachedBy" IS NULL THEN p."parentProductId" END AS "parentProductId",
       p."createdAt", p."updatedAt", p."version",
       (SELECT ROW(c."id", c."name", c."description") FROM live."Category" c WHERE c."id" = p."categoryId") AS "category",
       (SELECT ROW(g."id", g."name", g."description") FROM live."AttributeGroup" g
         WHERE g."id" = p."attributeGroupId") AS "attributeGroup",
       (SELECT ROW(f."id", f."name",
                   ARRAY(SELECT ROW(a."id", a."name", a."type", a."defaultValue", v."value", coalesce(v."inherited", false),
                                    fa."isRequired")
                           FROM "FamilyAttribute" fa
                           JOIN live."Attribute" a ON a."id" = fa."attributeId"
                           LEFT JOIN "ProductAttribute" v ON v."productId" = p."id" AND v."attributeId" = a."id"
                          WHERE fa."familyId" = f."id" ORDER BY fa."id"))
          FROM live."Family" f WHERE f."id" = p."familyId") AS "family",
       ARRAY(SELECT ROW(a."id", a."name", a."type", a."defaultValue", v."value", v."inherited")
               FROM "ProductAttribute" v JOIN live."Attribute" a ON a."id" = v."attributeId"
              WHERE v."productId" = p."id" ORDER BY v."id") AS "attributes",
       ARRAY(SELECT ROW(c."id", c."name", c."sku", c."imageUrl", c."thumbnailUrl", c."status",
                        ARRAY(SELECT ROW(a."id", a."name", a."type", a."defaultValue", v."value", false)
                                FROM "ProductAttribute" v JOIN live."Attribute" a ON a."id" = v."attributeId"
                                LEFT JOIN "ProductAttribute" own
                                       ON own."productId" = p."id" AND own."attributeId" = v."attributeId"
                               WHERE v."productId" = c."id" AND v."value" IS DISTINCT FROM own."value"
                               ORDER BY v."id"))
               FROM live."Product" c WHERE c."parentProductId" = p."id" ORDER BY c."id") AS "variants"
