-- Mail $1 could not be sent, because of $2: again in 5 seconds, 10, 20, and so on up to an hour.
UPDATE "Mail" SET "trouble" = $2::text, "nextTryAt" = now() + least(interval '1 hour', interval '2.5 seconds' * 2 ^ least("tries", 12))
 WHERE "id" = $1::int8
