-- What is in the trash, of all tenants, by kind, and for how many seconds the oldest of it.
SELECT t."kind", count(*) AS "rows",
       greatest(extract(epoch FROM (now() AT TIME ZONE 'UTC') - min(t."deletedAt")), 0)::int8 AS "oldestSeconds"
  FROM trash."Item" t GROUP BY t."kind" ORDER BY t."kind"
