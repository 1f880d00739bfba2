-- How many products of tenant $1 match; the parameters are those of search_products. ($2 to $5 and $16 choose the
-- page there, and are not used here.)
WITH hits AS NOT MATERIALIZED (
    /* matching_products.part.sql */
)
SELECT count(*) AS "total" FROM hits
 WHERE coalesce($2::int4, $3::int8, $5::int4) IS NOT NULL OR $4::timestamp IS NULL OR $16::bool
