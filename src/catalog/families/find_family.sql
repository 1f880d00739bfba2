-- The living family $2 of tenant $1, with $3 of its products after the first $4, newest first.
SELECT /* family_columns.part.sql */,
       ARRAY(SELECT ROW(p."id", p."name", p."sku", p."status", p."imageUrl")
               FROM live."Product" p
              WHERE p."userId" = $1::int4 AND p."familyId" = f."id"
              ORDER BY p."createdAt" DESC, p."id" DESC LIMIT $3::int4 OFFSET $4::int8) AS "products"
  FROM live."Family" f
 WHERE f."userId" = $1::int4 AND f."id" = $2::int4
