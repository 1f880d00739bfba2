-- The end of the run $1: it is $2 now, because of $3. What it purged is counted by its certificates: a server that was killed
-- between a batch and the note of it has not counted that one.
UPDATE "CleanupRun" r SET "state" = CASE WHEN r."state" = 'cancelling' THEN 'cancelled' ELSE $2::text END,
       "trouble" = $3::text, "finishedAt" = now(), "aliveAt" = now(),
       "purged" = (SELECT coalesce(sum(c."itemCount"), 0)::int8 FROM "PurgeCertificate" c
                    WHERE c."requestId" = 'cleanup-' || $1::int8 AND c."actorId" IS NULL)
 WHERE r."id" = $1::int8 AND r."finishedAt" IS NULL
RETURNING r."id", r."slot", r."state", r."purged", r."held", r."failed", r."startedAt" AT TIME ZONE 'UTC' AS "startedAt",
          r."finishedAt" AT TIME ZONE 'UTC' AS "finishedAt"
