-- A page of the living attribute groups of tenant $1: $2 after the first $3, and how many there are. Filters that are NULL don't
-- count: $4 name or description like this, $5 with a description or without, $6 and $7 with at least and at most so many
-- attributes, $8 and $9 created from and to. $10 ascending, $11 sorted by: name, createdAt, updatedAt, totalAttributes.
WITH counted AS NOT MATERIALIZED (
    SELECT g."id", g."name", g."createdAt", g."updatedAt",
           (SELECT count(*) FROM "AttributeGroupAttribute" l JOIN live."Attribute" a ON a."id" = l."attributeId"
             WHERE l."attributeGroupId" = g."id") AS attributes
      FROM live."AttributeGroup" g
     WHERE g."userId" = $1::int4
       AND ($4::text IS NULL OR g."name" ILIKE $4::text OR g."description" ILIKE $4::text)
       AND ($5::bool IS NULL OR $5::bool = (coalesce(g."description", '') <> ''))
       AND ($8::timestamp IS NULL OR g."createdAt" >= $8::timestamp)
       AND ($9::timestamp IS NULL OR g."createdAt" <= $9::timestamp)),
hits AS NOT MATERIALIZED (
    SELECT c."id",
           CASE WHEN $11::text = 'name' THEN lower(c."name") END AS text_key,
           CASE $11::text WHEN 'createdAt' THEN c."createdAt" WHEN 'updatedAt' THEN c."updatedAt" END AS time_key,
           CASE WHEN $11::text = 'totalAttributes' THEN c.attributes END AS number_key
      FROM counted c
     WHERE ($6::int4 IS NULL OR c.attributes >= $6::int4) AND ($7::int4 IS NULL OR c.attributes <= $7::int4))
SELECT (SELECT count(*) FROM hits) AS "total",
       ARRAY(SELECT ROW(/* group_record.part.sql */)
               FROM (SELECT o."id", row_number() OVER () AS place
                       FROM (SELECT h."id" FROM hits h
                              ORDER BY CASE WHEN $10::bool THEN h.text_key END,
                                       CASE WHEN NOT $10::bool THEN h.text_key END DESC,
                                       CASE WHEN $10::bool THEN h.time_key END,
                                       CASE WHEN NOT $10::bool THEN h.time_key END DESC,
                                       CASE WHEN $10::bool THEN h.number_key END,
                                       CASE WHEN NOT $10::bool THEN h.number_key END DESC,
                                       CASE WHEN $10::bool THEN h."id" END, CASE WHEN NOT $10::bool THEN h."id" END DESC
                              LIMIT $2::int4 OFFSET $3::int8) o) page
               JOIN live."AttributeGroup" g ON g."id" = page."id"
              ORDER BY page.place) AS "items"
