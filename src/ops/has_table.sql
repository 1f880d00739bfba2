-- Whether there is a table called $1.
SELECT to_regclass(format('public.%I', $1::text)) IS NOT NULL
