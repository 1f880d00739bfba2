-- The product $1 as a backup has it, and where $2 its variants: an array of it all, each with what it leads to. A backup of
-- an old schema may lack a column or a table: those are read as JSON.
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'row', to_jsonb(p),
           'category', (SELECT c."name" FROM public."Category" c WHERE c."id" = p."categoryId"),
           'family', (SELECT f."name" FROM public."Family" f WHERE f."id" = p."familyId"),
           'attributeGroup', (SELECT g."name" FROM public."AttributeGroup" g WHERE g."id" = p."attributeGroupId"),
           'parent', (SELECT o."sku" FROM public."Product" o WHERE o."id" = p."parentProductId"),
           'values', (SELECT coalesce(jsonb_agg(jsonb_build_object('row', to_jsonb(v), 'attribute', a."name") ORDER BY v."id"), '[]')
                        FROM public."ProductAttribute" v LEFT JOIN public."Attribute" a ON a."id" = v."attributeId"
                       WHERE v."productId" = p."id"),
           'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('row', to_jsonb(l), 'category', c."name")), '[]')
                            FROM public."ProductCategory" l LEFT JOIN public."Category" c ON c."id" = l."categoryId"
                           WHERE l."productId" = p."id"),
           'assets', (SELECT coalesce(jsonb_agg(jsonb_build_object('row', to_jsonb(a), 'content', to_jsonb(s)) ORDER BY l."id"), '[]')
                        FROM public."ProductAsset" l JOIN public."Asset" a ON a."id" = l."assetId"
                        LEFT JOIN public."StoredContent" s ON s."hash" = a."contentHash"
                       WHERE l."productId" = p."id"))
           ORDER BY p."id" <> $1::int4, p."id"), '[]')::text AS "products"
  FROM public."Product" p
 WHERE p."id" = $1::int4 OR ($2::boolean AND p."parentProductId" = $1::int4)
