-- Asks the run $1 to end; no row: it is none that goes on.
UPDATE "CleanupRun" r SET "state" = 'cancelling' WHERE r."id" = $1::int8 AND r."finishedAt" IS NULL RETURNING r."id"
