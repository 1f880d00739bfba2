-- How many assets of tenant $1 match: the parameters are those of list_assets.
WITH unused AS (SELECT $2::int4, $3::int8, $4::timestamp, $5::int4, $15::bool)
SELECT count(*) AS "total" FROM (/* matching_assets.part.sql */) hits
