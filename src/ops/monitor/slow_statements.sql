-- The statements that took longer than a second in the last $1 hours, as the servers measured them.
SELECT s."name", count(*) AS "calls", max(s."milliseconds") AS "longest", max(s."at") AT TIME ZONE 'UTC' AS "lastAt"
  FROM "SlowStatement" s WHERE s."at" > now() - make_interval(hours => $1::int4)
 GROUP BY 1 ORDER BY 3 DESC LIMIT 50
