-- The products of a backup with SKU or id $1, of the owner with e-mail or id $2 (empty: of any).
SELECT p."id", p."userId", coalesce(u."email", '') AS "email", p."sku", p."name", p."sku" = $1::text AS "isSku",
       coalesce((to_jsonb(p) ->> 'isDeleted')::boolean, false) AS "isDeleted"
  FROM public."Product" p LEFT JOIN public."User" u ON u."id" = p."userId"
 WHERE (p."sku" = $1::text OR p."id"::text = $1::text)
   AND ($2::text = '' OR u."email" = $2::text OR u."id"::text = $2::text)
 ORDER BY p."userId", p."id"
