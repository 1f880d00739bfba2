-- How many asset groups of tenant $1 match: the parameters are those of list_groups.
WITH unused AS (SELECT $2::int4, $3::int8, $13::bool, $14::bool)
SELECT count(*) AS "total" FROM (/* matching_groups.part.sql */) hits
