-- The clock was seen by the machine $1, $2 seconds after its boot. $3: what is wrong with it, and all else stays; NULL: nothing.
-- $4: somebody says that it is right. What is wrong is a run that was stopped, by the process $5, once: whoever of the servers is the
-- first to find it.
WITH was AS MATERIALIZED (
    SELECT c."trouble" FROM "ClockSeen" c FOR UPDATE),
seen AS (
    INSERT INTO "ClockSeen" AS c ("at", "bootId", "bootSeconds", "trouble")
    SELECT now(), $1::text, $2::int8, $3::text FROM (SELECT count(*) FROM was) first
    ON CONFLICT ("one") DO UPDATE SET
           "at" = CASE WHEN $3::text IS NULL THEN excluded."at" ELSE c."at" END,
           "bootId" = CASE WHEN $3::text IS NULL THEN excluded."bootId" ELSE c."bootId" END,
           "bootSeconds" = CASE WHEN $3::text IS NULL THEN excluded."bootSeconds" ELSE c."bootSeconds" END,
           "accepted" = c."accepted" + $4::bool::int4, "trouble" = excluded."trouble"
    RETURNING c."accepted"),
stopped AS (
    INSERT INTO "CleanupRun" ("trigger", "state", "trouble", "startedBy", "finishedAt")
    SELECT 'schedule', 'stopped', $3::text, $5::text, now()
     WHERE $3::text IS NOT NULL AND NOT EXISTS (SELECT FROM was WHERE was."trouble" IS NOT NULL)
    RETURNING "id")
SELECT s."accepted", EXISTS (SELECT FROM stopped) AS "isNew" FROM seen s
