-- Runs that nobody goes on with, since all but the run $1 have lost their lock.
UPDATE "CleanupRun" r SET "state" = 'failed', "trouble" = 'it was broken off', "finishedAt" = now()
 WHERE r."finishedAt" IS NULL AND r."id" <> $1::int8
RETURNING r."id"
