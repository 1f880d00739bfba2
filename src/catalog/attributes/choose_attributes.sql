-- The ids of the living attributes of tenant $1 that a bulk is about: $2 these, $3 name like this, $4 type; NULL doesn't count.
SELECT a."id" FROM live."Attribute" a
 WHERE a."userId" = $1::int4
   AND ($2::int4[] IS NULL OR a."id" = ANY ($2::int4[]))
   AND ($3::text IS NULL OR a."name" ILIKE $3::text)
   AND ($4::text IS NULL OR a."type" = $4::text)
 ORDER BY a."id"
