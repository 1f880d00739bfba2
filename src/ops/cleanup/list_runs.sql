-- The last $2 runs of the cleanup before the one with the number $1 (NULL: from the last one).
SELECT (SELECT count(*) FROM "CleanupRun") AS "total", r."id", r."trigger", r."slot", r."state", r."trouble", r."startedBy",
       r."startedAt" AT TIME ZONE 'UTC' AS "startedAt", r."finishedAt" AT TIME ZONE 'UTC' AS "finishedAt",
       r."examined", r."purged", r."held", r."failed"
  FROM "CleanupRun" r WHERE $1::int8 IS NULL OR r."id" < $1::int8
 ORDER BY r."id" DESC LIMIT $2::int4
