-- How many rows of the tenant $1 a cleanup would purge until $3 ($2: the installation's retention in days), and whether that time is
-- over. Always one row.
SELECT count(*) AS "rows", $3::timestamp <= now() AT TIME ZONE 'UTC' AS "isOver"
  FROM (/* coming_until.part.sql */) t
