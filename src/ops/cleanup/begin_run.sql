-- Begins a run, by $2 ('schedule', 'command', 'retry') in the process $3, for the time $1 (NULL: now); goes on with the one of that
-- time where it was broken off, with what its certificates say that it has done. No row: that time had its run.
INSERT INTO "CleanupRun" AS r ("trigger", "slot", "state", "startedBy")
VALUES ($2::text, $1::timestamp, 'running', $3::text)
ON CONFLICT ("slot") DO UPDATE SET "startedBy" = excluded."startedBy", "aliveAt" = now(),
       "purged" = (SELECT coalesce(sum(c."itemCount"), 0) FROM "PurgeCertificate" c
                    WHERE c."requestId" = 'cleanup-' || r."id" AND c."createdAt" >= r."startedAt")
 WHERE r."state" IN ('running', 'cancelling')
RETURNING r."id"
