-- Does the database answer?
SELECT 1::int4 AS "answer"
