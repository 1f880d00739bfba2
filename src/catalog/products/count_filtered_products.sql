-- How many products of tenant $1 match, and what is wrong with the conditions: attributes that there are not, and
-- numbers that are none. The parameters are those of filter_products. ($2 to $5 and $16 choose the page there, and are
-- not used here.)
WITH /* value_conditions.part.sql */,
/* sorting.part.sql */,
hits AS NOT MATERIALIZED (
    /* matching_products.part.sql */
       /* matching_values.part.sql */
)
SELECT (SELECT count(*) FROM hits
         WHERE coalesce($2::int4, $3::int8, $5::int4) IS NOT NULL OR $4::timestamp IS NULL OR $16::bool) AS "total",
       ARRAY(SELECT coalesce(t.name, t.id::text)
               FROM unnest($18::int4[] || $23::int4[] || coalesce($25::int4, 0),
                           $19::text[] || $24::text[] || $26::text) AS t (id, name)
              WHERE (t.id <> 0 OR t.name IS NOT NULL)
                AND NOT EXISTS (SELECT FROM live."Attribute" a
                                 WHERE a."userId" = $1::int4 AND (a."id" = t.id OR a."name" = t.name))) AS "unknown",
       ARRAY(SELECT t.given
               FROM condition c CROSS JOIN LATERAL unnest(ARRAY[c.low, c.high]) AS t (given)
              WHERE c.kind = 'number' AND c.operator NOT IN ('contains', 'filled') AND t.given IS NOT NULL
                AND attribute_number(t.given) IS NULL) AS "notNumbers"
