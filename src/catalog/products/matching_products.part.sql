SELECT p."id", p."createdAt",
           CASE $17::text WHEN 'name' THEN p."name" WHEN 'sku' THEN p."sku" WHEN 'status' THEN p."status"
                WHEN 'productLink' THEN p."productLink" WHEN 'imageUrl' THEN p."imageUrl"
                -- All names at once: looking for each product's would read a table for each of them.
                WHEN 'categoryName' THEN (SELECT jsonb_object_agg(c."id", c."name") FROM live."Category" c
                                           WHERE c."userId" = $1::int4) ->> p."categoryId"::text
                WHEN 'familyName' THEN (SELECT jsonb_object_agg(f."id", f."name") FROM live."Family" f
                                         WHERE f."userId" = $1::int4) ->> p."familyId"::text
                WHEN 'attributeGroupName' THEN (SELECT jsonb_object_agg(g."id", g."name") FROM live."AttributeGroup" g
                                                 WHERE g."userId" = $1::int4) ->> p."attributeGroupId"::text END AS text_key,
           CASE $17::text WHEN 'categoryId' THEN p."categoryId" WHEN 'familyId' THEN p."familyId"
                WHEN 'attributeGroupId' THEN p."attributeGroupId" WHEN 'id' THEN p."id"
                WHEN 'userId' THEN p."userId" END AS number_key,
           CASE $17::text WHEN 'createdAt' THEN p."createdAt" WHEN 'updatedAt' THEN p."updatedAt" END AS time_key
      FROM live."Product" p
     WHERE p."userId" = $1::int4
       AND ($6::bool OR p."parentProductId" IS NULL OR p."detachedBy" IS NOT NULL)
       AND ($7::int4 IS NULL OR p."parentProductId" = $7::int4)
       AND ($8::text IS NULL OR p."name" ILIKE $8::text OR p."sku" ILIKE $8::text)
       AND ($9::text IS NULL OR lower(p."name") LIKE lower($9::text) OR lower(p."sku") LIKE lower($9::text))
       AND ($10::text IS NULL OR p."status" = $10::text)
       AND ($11::int4 IS NULL OR p."categoryId" = $11::int4
            OR p."id" = ANY (ARRAY(SELECT m."productId" FROM "ProductCategory" m WHERE m."categoryId" = $11::int4)))
       AND ($12::int4 IS NULL OR p."attributeGroupId" = $12::int4)
       AND ($13::int4 IS NULL OR p."familyId" = $13::int4)
       AND (NOT 'category' = ANY ($14::text[])
            OR NOT EXISTS (SELECT FROM live."Category" c WHERE c."id" = p."categoryId"))
       AND (NOT 'attributeGroup' = ANY ($14::text[])
            OR NOT EXISTS (SELECT FROM live."AttributeGroup" g WHERE g."id" = p."attributeGroupId"))
       AND (NOT 'family' = ANY ($14::text[])
            OR NOT EXISTS (SELECT FROM live."Family" f WHERE f."id" = p."familyId"))
       AND ($15::int4[] IS NULL
            OR EXISTS (SELECT FROM "ProductAttribute" v
                        WHERE v."productId" = p."id" AND v."attributeId" = ANY ($15::int4[]))
            OR p."familyId" IN (SELECT fa."familyId" FROM "FamilyAttribute" fa
                                 WHERE fa."attributeId" = ANY ($15::int4[])))
       AND (NOT 'living' = ANY ($14::text[])
            OR ($7::int4 IS NULL
                OR EXISTS (SELECT FROM live."Product" o WHERE o."userId" = $1::int4 AND o."id" = $7::int4))
               AND ($11::int4 IS NULL
                    OR EXISTS (SELECT FROM live."Category" c WHERE c."userId" = $1::int4 AND c."id" = $11::int4))
               AND ($12::int4 IS NULL
                    OR EXISTS (SELECT FROM live."AttributeGroup" g WHERE g."userId" = $1::int4 AND g."id" = $12::int4))
               AND ($13::int4 IS NULL
                    OR EXISTS (SELECT FROM live."Family" f WHERE f."userId" = $1::int4 AND f."id" = $13::int4))
               AND ($15::int4[] IS NULL
                    OR EXISTS (SELECT FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."id" = ANY ($15::int4[]))))
