-- The ids of those of $2 (NULL: any) that are living families of tenant $1 and whose name is like $3 (NULL: any).
SELECT f."id" FROM live."Family" f
 WHERE f."userId" = $1::int4 AND ($2::int4[] IS NULL OR f."id" = ANY ($2::int4[]))
   AND ($3::text IS NULL OR f."name" ILIKE $3::text)
 ORDER BY f."id"
