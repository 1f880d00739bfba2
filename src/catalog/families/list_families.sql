-- A page of the families of tenant $1 that match: $2 rows after the first $3. Filters that are NULL don't count:
-- $4 name like this, $5 with any of these attributes or ($6) all of them, $7 with products or without, $8 with required
-- attributes or without, $9/$10 made from and up to, $11/$12 products at least and at most, $13/$14 attributes at least
-- and at most. $15 sorted by, $16 ascending. Products and attributes that are in the trash count for nothing.
-- It is planned for each execution: what is constant then falls out of it, the counts that nobody asks for too. What is counted to
-- choose by is counted once, for the page and for the total.
WITH hits AS MATERIALIZED (
    SELECT f."id",
           CASE WHEN $15::text = 'name' THEN f."name" END AS text_key,
           CASE $15::text
               WHEN 'totalProducts' THEN (SELECT count(*) FROM live."Product" p
                                           WHERE p."userId" = $1::int4 AND p."familyId" = f."id")
               WHEN 'totalAttributes' THEN (SELECT count(*) FROM "FamilyAttribute" m
                                              JOIN live."Attribute" a ON a."id" = m."attributeId"
                                             WHERE m."familyId" = f."id") END AS number_key,
           CASE $15::text WHEN 'createdAt' THEN f."createdAt" WHEN 'updatedAt' THEN f."updatedAt" END AS time_key
      FROM live."Family" f
     WHERE f."userId" = $1::int4
       AND ($4::text IS NULL OR f."name" ILIKE $4::text)
       AND ($5::int4[] IS NULL
            OR CASE WHEN $6::bool
                    THEN NOT EXISTS (SELECT FROM unnest($5::int4[]) AS w (i)
                                      WHERE w.i NOT IN (SELECT m."attributeId" FROM "FamilyAttribute" m
                                                          JOIN live."Attribute" a ON a."id" = m."attributeId"
                                                         WHERE m."familyId" = f."id"))
                    ELSE EXISTS (SELECT FROM "FamilyAttribute" m JOIN live."Attribute" a ON a."id" = m."attributeId"
                                  WHERE m."familyId" = f."id" AND m."attributeId" = ANY ($5::int4[])) END)
       AND ($7::bool IS NULL
            OR $7::bool = EXISTS (SELECT FROM live."Product" p
                                   WHERE p."userId" = $1::int4 AND p."familyId" = f."id"))
       AND ($8::bool IS NULL
            OR $8::bool = EXISTS (SELECT FROM "FamilyAttribute" m JOIN live."Attribute" a ON a."id" = m."attributeId"
                                   WHERE m."familyId" = f."id" AND m."isRequired"))
       AND ($9::timestamp IS NULL OR f."createdAt" >= $9::timestamp)
       AND ($10::timestamp IS NULL OR f."createdAt" <= $10::timestamp)
       AND (coalesce($11::int4, $12::int4) IS NULL
            OR (SELECT count(*) FROM live."Product" p WHERE p."userId" = $1::int4 AND p."familyId" = f."id")
               BETWEEN coalesce($11::int4, 0) AND coalesce($12::int4, 2147483647))
       AND (coalesce($13::int4, $14::int4) IS NULL
            OR (SELECT count(*) FROM "FamilyAttribute" m JOIN live."Attribute" a ON a."id" = m."attributeId"
                 WHERE m."familyId" = f."id")
               BETWEEN coalesce($13::int4, 0) AND coalesce($14::int4, 2147483647))
)
SELECT (SELECT count(*) FROM hits) AS "total",
       /* family_columns.part.sql */
  FROM (SELECT h."id", row_number() OVER () AS place
          FROM (SELECT o."id" FROM hits o
                 ORDER BY CASE WHEN $16::bool THEN o.text_key END, CASE WHEN NOT $16::bool THEN o.text_key END DESC,
                          CASE WHEN $16::bool THEN o.number_key END, CASE WHEN NOT $16::bool THEN o.number_key END DESC,
                          CASE WHEN $16::bool THEN o.time_key END, CASE WHEN NOT $16::bool THEN o.time_key END DESC,
                          CASE WHEN $16::bool THEN o."id" END, CASE WHEN NOT $16::bool THEN o."id" END DESC
                 LIMIT $2::int4 OFFSET $3::int8) h) page
  JOIN live."Family" f ON f."id" = page."id"
 ORDER BY page.place
