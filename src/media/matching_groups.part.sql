SELECT g."id", m."assets", m."bytes", g."createdAt",
           CASE $15::text WHEN 'groupName' THEN g."groupName" END AS text_key,
           CASE $15::text WHEN 'createdAt' THEN g."createdAt" WHEN 'updatedAt' THEN g."updatedAt" END AS time_key
      FROM live."AssetGroup" g CROSS JOIN /* group_members.part.sql */
     WHERE g."userId" = $1::int4
       AND CASE WHEN $4::int4 IS NULL
                THEN g."parentGroupId" IS NULL
                     OR g."parentGroupId" = ANY ((SELECT asset_groups_in_trash($1::int4))::int4[])
                ELSE g."parentGroupId" = $4::int4 AND $4::int4 <> ALL ((SELECT asset_groups_in_trash($1::int4))::int4[]) END
       AND ($5::text IS NULL OR g."groupName" ILIKE $5::text)
       AND ($6::int4 IS NULL OR m."assets" >= $6::int4)
       AND ($7::int4 IS NULL OR m."assets" <= $7::int4)
       AND ($8::int8 IS NULL OR m."bytes" >= $8::int8)
       AND ($9::int8 IS NULL OR m."bytes" <= $9::int8)
       AND ($10::bool IS NULL OR (m."assets" > 0) = $10::bool)
       AND ($11::timestamp IS NULL OR g."createdAt" >= $11::timestamp)
       AND ($12::timestamp IS NULL OR g."createdAt" <= $12::timestamp)
