-- What the last hour did, of all tenants: soft deletes, restores and purges by kind, refused restores by what stood in the way.
WITH event AS MATERIALIZED (
    SELECT e."action", e."entity", CASE WHEN e."action" LIKE '%\_refused' THEN e."detail" ->> 'field' END AS field, count(*) AS rows
      FROM "AuditEvent" e
     WHERE e."at" > now() - interval '1 hour' AND (e."action" LIKE '%.restore%' OR e."action" LIKE '%.purge%')
     GROUP BY 1, 2, 3)
SELECT 'delete' AS "what", d."kind", sum(d."itemCount")::int8 AS "rows"
  FROM "Deletion" d
 WHERE d."createdAt" > now() AT TIME ZONE 'UTC' - interval '1 hour' AND d."kind" <> 'adopted' GROUP BY 2
UNION ALL
SELECT 'restore', e."entity", sum(e.rows)::int8 FROM event e WHERE e."action" ~ '\.restore(_with|_in_bulk)?$' GROUP BY 2
UNION ALL
SELECT 'refused', coalesce(e.field, 'other'), sum(e.rows)::int8 FROM event e WHERE e."action" LIKE '%.restore\_refused' GROUP BY 2
UNION ALL
SELECT 'purge', e."entity", sum(e.rows)::int8 FROM event e WHERE e."action" ~ '\.purge(_with|_in_bulk)?$' GROUP BY 2
 ORDER BY 1, 2
