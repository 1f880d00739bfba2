-- What waits, and how the cleanup is. Always one row.
SELECT pg_database_size(current_database())::int8 AS "databaseBytes",
       (SELECT count(*) FROM "Mail" m WHERE m."sentAt" IS NULL AND coalesce(m."expiresAt", 'infinity') > now()) AS "mails",
       coalesce((SELECT extract(epoch FROM now() - min(m."createdAt"))::int8 FROM "Mail" m
                  WHERE m."sentAt" IS NULL AND coalesce(m."expiresAt", 'infinity') > now()), 0) AS "mailSeconds",
       (SELECT count(*) FROM "FileRemoval" f) AS "fileRemovals",
       coalesce((SELECT extract(epoch FROM now() - min(f."createdAt"))::int8 FROM "FileRemoval" f), 0) AS "fileRemovalSeconds",
       (SELECT count(*) FROM "StoredContent" c WHERE c."thumbnails" = 'waiting') AS "thumbnails",
       (SELECT count(*) FROM "CleanupFailure" f) AS "cleanupFailures",
       (SELECT r."finishedAt" AT TIME ZONE 'UTC' FROM "CleanupRun" r WHERE r."state" IN ('done', 'skipped')
         ORDER BY r."id" DESC LIMIT 1) AS "cleanedAt",
       (SELECT r."purged" FROM "CleanupRun" r WHERE r."state" = 'done' ORDER BY r."id" DESC LIMIT 1) AS "lastPurged",
       EXISTS (SELECT FROM "CleanupRun" r WHERE r."finishedAt" IS NULL) AS "isCleaning",
       (SELECT c."trouble" FROM "ClockSeen" c) AS "clockTrouble",
       now() AT TIME ZONE 'UTC' AS "now"
