-- The row $3 of the kind $2 of tenant $1 could not be purged in the run $5, because of $4. It is tried again in an hour, then in
-- two, four, … and at last once a week.
WITH noted AS (
    INSERT INTO "CleanupFailure" AS f ("userId", "kind", "itemId", "trouble", "nextTryAt")
    VALUES ($1::int4, $2::text, $3::int4, $4::text, now() + interval '1 hour')
    ON CONFLICT ("kind", "itemId") DO UPDATE SET "tries" = f."tries" + 1, "trouble" = excluded."trouble", "lastAt" = now(),
           "nextTryAt" = now() + least(interval '1 hour' * 2 ^ least(f."tries", 10), interval '7 days')
    RETURNING f."tries")
UPDATE "CleanupRun" r SET "aliveAt" = now(), "examined" = r."examined" + 1, "failed" = r."failed" + 1
  FROM noted n WHERE r."id" = $5::int8
RETURNING r."state"
