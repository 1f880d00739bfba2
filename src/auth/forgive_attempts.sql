-- An attempt that succeeded does not count against the address ($2), and clears what the account ($1) had.
WITH account AS (DELETE FROM "Attempt" WHERE "subject" = $1::text)
UPDATE "Attempt" SET "count" = greatest("count" - 1, 0) WHERE "subject" = $2::text RETURNING "count"
