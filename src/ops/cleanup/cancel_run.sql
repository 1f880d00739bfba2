-- Asks the run $1 to end, where it goes on. No row: there is no such run.
WITH asked AS (
    UPDATE "CleanupRun" r SET "state" = 'cancelling' WHERE r."id" = $1::int8 AND r."finishedAt" IS NULL RETURNING r."id")
SELECT EXISTS (SELECT FROM asked) AS "isEnding" FROM "CleanupRun" r WHERE r."id" = $1::int8
