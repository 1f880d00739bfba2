-- Lets both locks go.
SELECT pg_advisory_unlock($2::int8), pg_advisory_unlock($1::int8)
