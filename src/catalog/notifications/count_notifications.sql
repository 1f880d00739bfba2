-- What the notifications of tenant $1 are about, over all of them, and how many came within a day.
WITH counted AS MATERIALIZED (
    SELECT CASE n."entityType" WHEN 'PRODUCT' THEN 'product' ELSE n."entityType" END AS "entityType",
           lower(n."action") AS "action", count(*) AS "rows"
      FROM "Notification" n WHERE n."userId" = $1::int4 GROUP BY 1, 2)
SELECT (SELECT coalesce(sum("rows"), 0)::int8 FROM counted) AS "total",
       (SELECT count(*) FROM "Notification" n
         WHERE n."userId" = $1::int4 AND n."createdAt" > now() AT TIME ZONE 'UTC' - interval '24 hours') AS "recent",
       ARRAY(SELECT ROW("entityType", sum("rows")::int8) FROM counted GROUP BY "entityType" ORDER BY 1) AS "byEntityType",
       ARRAY(SELECT ROW("action", sum("rows")::int8) FROM counted GROUP BY "action" ORDER BY 1) AS "byAction"
