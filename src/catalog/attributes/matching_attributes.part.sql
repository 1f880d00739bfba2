SELECT m."id",
           CASE $11::text WHEN 'name' THEN lower(m."name") WHEN 'type' THEN m."type" END AS text_key,
           CASE $11::text WHEN 'createdAt' THEN m."createdAt" WHEN 'updatedAt' THEN m."updatedAt" END AS time_key,
           CASE WHEN $11::text = 'totalAttributes' THEN (
               SELECT count(*) FROM "AttributeGroupAttribute" l JOIN live."AttributeGroup" g ON g."id" = l."attributeGroupId"
                WHERE l."attributeId" = m."id") END AS number_key
      FROM live."Attribute" m
     WHERE m."userId" = $1::int4
       AND ($4::text IS NULL OR m."name" ILIKE $4::text)
       AND ($5::text IS NULL OR m."type" = $5::text)
       AND ($6::bool IS NULL OR $6::bool = (coalesce(m."defaultValue", '') <> ''))
       AND ($7::bool IS NULL OR $7::bool = EXISTS (
               SELECT FROM "AttributeGroupAttribute" l JOIN live."AttributeGroup" g ON g."id" = l."attributeGroupId"
                WHERE l."attributeId" = m."id"))
       AND ($8::timestamp IS NULL OR m."createdAt" >= $8::timestamp)
       AND ($9::timestamp IS NULL OR m."createdAt" <= $9::timestamp)
