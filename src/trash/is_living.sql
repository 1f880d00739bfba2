-- Is the $2 with the id $3 of tenant $1 living? Always one row.
SELECT CASE $2::text
           WHEN 'product' THEN EXISTS (SELECT FROM live."Product" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4)
           WHEN 'asset' THEN EXISTS (SELECT FROM live."Asset" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4)
           WHEN 'assetGroup' THEN EXISTS (SELECT FROM live."AssetGroup" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4)
           WHEN 'category' THEN EXISTS (SELECT FROM live."Category" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4)
           WHEN 'family' THEN EXISTS (SELECT FROM live."Family" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4)
           WHEN 'attribute' THEN EXISTS (SELECT FROM live."Attribute" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4)
           ELSE EXISTS (SELECT FROM live."AttributeGroup" t WHERE t."userId" = $1::int4 AND t."id" = $3::int4) END AS "isLiving"
