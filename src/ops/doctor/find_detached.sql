-- Variants that stand alone though their parent lives, or don't though it is in the trash: how many, and the first $1.
SELECT count(*) OVER () AS total,
       format('product %s %s', v."id", CASE WHEN p."isDeleted" THEN 'is missing from the list: its parent is in the trash'
                                            ELSE 'is listed beside its living parent' END) AS what
  FROM "Product" v JOIN "Product" p ON p."id" = v."parentProductId"
 WHERE NOT v."isDeleted" AND p."isDeleted" <> (v."detachedBy" IS NOT NULL) ORDER BY v."id" LIMIT $1::int4
