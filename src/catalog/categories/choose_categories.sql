-- The ids of those of $2 (NULL: any) that are living categories of tenant $1 and whose name is like $3 (NULL: any).
SELECT c."id" FROM live."Category" c
 WHERE c."userId" = $1::int4 AND ($2::int4[] IS NULL OR c."id" = ANY ($2::int4[]))
   AND ($3::text IS NULL OR c."name" ILIKE $3::text)
 ORDER BY c."id"
