-- Does tenant $1 have the living thing $3 of kind $2?
SELECT CASE $2::text
           WHEN 'category' THEN EXISTS (SELECT FROM live."Category" c WHERE c."userId" = $1::int4 AND c."id" = $3::int4)
           WHEN 'family' THEN EXISTS (SELECT FROM live."Family" f WHERE f."userId" = $1::int4 AND f."id" = $3::int4)
           WHEN 'attribute group' THEN EXISTS (SELECT FROM live."AttributeGroup" g
                                                WHERE g."userId" = $1::int4 AND g."id" = $3::int4)
           WHEN 'attribute' THEN EXISTS (SELECT FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."id" = $3::int4)
           WHEN 'product' THEN EXISTS (SELECT FROM live."Product" p WHERE p."userId" = $1::int4 AND p."id" = $3::int4)
           ELSE false END AS "isOwned"
