AND (cardinality($18::int4[]) = 0 OR p."id" = ANY ((SELECT m.ids FROM matched m)::int4[]))
       AND (cardinality($23::int4[]) = 0 OR (SELECT bool_and(n."id" IS NOT NULL) FROM absent n))
       AND NOT EXISTS (SELECT FROM "ProductAttribute" v
                        WHERE cardinality($23::int4[]) > 0 AND v."productId" = p."id" AND v."value" <> ''
                          AND v."attributeId" = ANY (ARRAY(SELECT n."id" FROM absent n)))
