-- The longest statement of the last five minutes, as the servers measured it.
SELECT s."name", s."milliseconds", count(*) OVER () AS "calls" FROM "SlowStatement" s
 WHERE s."at" > now() - interval '5 minutes' ORDER BY s."milliseconds" DESC LIMIT 1
