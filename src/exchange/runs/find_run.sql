-- The import $2 of tenant $1 for $3, who started it or is the owner; for a day after its end. One whose server has not been
-- heard of for half a minute does not go on.
SELECT s."state", s."processed", s."total", s."succeeded", s."failed",
       CASE WHEN s.is_lost THEN 'The server that ran the import has ended. Nothing was changed; import the file again.'
            ELSE coalesce(s."message", '') END AS "message",
       s."failedRows"::text AS "failedRows", s."summary"::text AS "summary"
  FROM (SELECT CASE WHEN l.is_lost THEN 'error' ELSE r."state" END AS "state", r."processed", r."total", r."succeeded",
               r."failed", r."message", r."failedRows", r."summary", l.is_lost
          FROM "ImportRun" r
         CROSS JOIN LATERAL (SELECT r."state" = 'processing' AND r."updatedAt" < now() - interval '30 seconds') l (is_lost)
         WHERE r."userId" = $1::int4 AND r."id" = $2::text AND ($3::int4 = $1::int4 OR r."actorId" = $3::int4)
           AND r."updatedAt" > now() - interval '1 day') s
