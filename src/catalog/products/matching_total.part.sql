CASE WHEN NOT $6::bool AND coalesce($7::int4, $11::int4, $12::int4, $13::int4) IS NULL AND coalesce($8::text, $9::text, $10::text) IS NULL
                 AND cardinality($14::text[]) = 0 AND $15::int4[] IS NULL
            THEN (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t WHERE t."userId" = $1::int4 AND t."kind" = 'product')
            ELSE (SELECT count(*) FROM hits) END AS "total"
