-- Are the mails of the time $1 still to be sent? And which time is $2 days from now? Always one row.
SELECT NOT EXISTS (SELECT FROM "RetentionMail" m WHERE m."slot" >= $1::timestamp AND m."userId" IS NULL) AS "isOpen",
       date_trunc('second', now() AT TIME ZONE 'UTC') + make_interval(days => $2::int4) AS "until"
