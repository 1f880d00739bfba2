SELECT h."id"
            FROM hits h
            LEFT JOIN sorting s ON $17::text = 'attribute'
            LEFT JOIN (SELECT o."productId", o."value" FROM "ProductAttribute" o
                        WHERE $17::text = 'attribute' AND o."attributeId" = (SELECT t."id" FROM sorting t)) v
                   ON v."productId" = h."id"
           CROSS JOIN LATERAL (SELECT CASE WHEN s.is_number THEN attribute_number(v."value") END AS number,
                                      CASE WHEN NOT s.is_number THEN nullif(lower(left(v."value", 64)), '') END AS text) k
           WHERE $4::timestamp IS NULL OR (h."createdAt", h."id") < ($4::timestamp, $5::int4)
           ORDER BY CASE WHEN $16::bool THEN k.number END, CASE WHEN NOT $16::bool THEN k.number END DESC NULLS LAST,
                    CASE WHEN $16::bool THEN k.text END COLLATE "C", CASE WHEN NOT $16::bool THEN k.text END COLLATE "C" DESC NULLS LAST,
                    CASE WHEN $16::bool THEN h.text_key END, CASE WHEN NOT $16::bool THEN h.text_key END DESC,
                    CASE WHEN $16::bool THEN h.number_key END, CASE WHEN NOT $16::bool THEN h.number_key END DESC,
                    CASE WHEN $16::bool THEN h.time_key END, CASE WHEN NOT $16::bool THEN h.time_key END DESC,
                    CASE WHEN $16::bool THEN h."id" END, CASE WHEN NOT $16::bool THEN h."id" END DESC
           LIMIT $2::int4 OFFSET $3::int8
