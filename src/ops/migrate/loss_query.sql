-- The query that counts what would be lost with the column $2 of the table $1, whose default is $3; with the whole table where
-- $2 is NULL.
SELECT CASE WHEN $2::text IS NULL THEN format('SELECT count(*) FROM public.%I', $1::text)
            ELSE format('SELECT count(*) FROM public.%I WHERE %I IS DISTINCT FROM (%s)', $1::text, $2::text, $3::text) END
