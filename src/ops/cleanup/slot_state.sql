-- Is the run of the time $1 still to be made, or to be gone on with? And was there ever one? Always one row.
SELECT NOT EXISTS (SELECT FROM "CleanupRun" r WHERE r."slot" >= $1::timestamp AND r."slot" < $1::timestamp + interval '3 hours'
                      AND r."finishedAt" IS NOT NULL) AS "isOpen",
       EXISTS (SELECT FROM "CleanupRun" r WHERE r."slot" IS NOT NULL) AS "hasAny"
