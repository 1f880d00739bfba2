-- One more attempt of subject $1 within a window of $2 seconds, which begins with its first one.
INSERT INTO "Attempt" AS a ("subject", "count", "endsAt")
VALUES ($1::text, 1, now() + make_interval(secs => $2::int4))
ON CONFLICT ("subject") DO UPDATE
   SET "count" = CASE WHEN a."endsAt" <= now() THEN 1 ELSE a."count" + 1 END,
       "endsAt" = CASE WHEN a."endsAt" <= now() THEN excluded."endsAt" ELSE a."endsAt" END
RETURNING a."count", ceil(extract(epoch FROM a."endsAt" - now()))::int4 AS "secondsLeft"
