-- The run that would have been at $1 is not made up for, because of $3: there was none ever before.
INSERT INTO "CleanupRun" ("trigger", "slot", "state", "trouble", "startedBy", "finishedAt")
VALUES ('schedule', $1::timestamp, 'skipped', $3::text, $2::text, now())
ON CONFLICT ("slot") DO NOTHING
RETURNING "id"
