SELECT a."id", a."assetGroupId", a."createdAt",
           CASE $16::text WHEN 'name' THEN a."name" WHEN 'fileName' THEN a."fileName" END AS text_key,
           CASE $16::text WHEN 'size' THEN a."size" END AS number_key,
           CASE $16::text WHEN 'createdAt' THEN a."createdAt" WHEN 'updatedAt' THEN a."updatedAt" END AS time_key
      FROM live."Asset" a
     WHERE a."userId" = $1::int4
       AND CASE $6::text
           WHEN 'root' THEN a."assetGroupId" IS NULL
                OR a."assetGroupId" = ANY ((SELECT asset_groups_in_trash($1::int4))::int4[])
           WHEN 'grouped' THEN a."assetGroupId" IS NOT NULL AND a."assetGroupId" <> ALL ((SELECT asset_groups_in_trash($1::int4))::int4[])
           ELSE a."assetGroupId" = $7::int4 AND $7::int4 <> ALL ((SELECT asset_groups_in_trash($1::int4))::int4[]) END
       AND ($8::text IS NULL OR a."name" ILIKE $8::text OR a."fileName" ILIKE $8::text)
       AND ($9::text IS NULL OR lower(a."name") LIKE lower($9::text) OR lower(a."fileName") LIKE lower($9::text))
       AND ($10::text IS NULL OR a."mimeType" ILIKE $10::text)
       AND ($11::int8 IS NULL OR a."size" >= $11::int8)
       AND ($12::int8 IS NULL OR a."size" <= $12::int8)
       AND ($13::timestamp IS NULL OR a."createdAt" >= $13::timestamp)
       AND ($14::timestamp IS NULL OR a."createdAt" <= $14::timestamp)
