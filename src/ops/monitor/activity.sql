-- What the last hour did, of all tenants: soft deletes, restores and purges by kind, refused restores by what stood in the way.
SELECT 'delete' AS "what", d."kind", sum(d."itemCount")::int8 AS "rows"
  FROM "Deletion" d
 WHERE d."createdAt" > now() AT TIME ZONE 'UTC' - interval '1 hour' AND d."kind" <> 'adopted' GROUP BY 2
UNION ALL
SELECT 'restore', e."entity", count(*) FROM "AuditEvent" e
 WHERE e."at" > now() - interval '1 hour' AND e."action" ~ '\.restore(_with|_in_bulk)?$' GROUP BY 2
UNION ALL
SELECT 'refused', coalesce(e."detail" ->> 'field', 'other'), count(*) FROM "AuditEvent" e
 WHERE e."at" > now() - interval '1 hour' AND e."action" ~ '\.restore_refused$' GROUP BY 2
UNION ALL
SELECT 'purge', e."entity", count(*) FROM "AuditEvent" e
 WHERE e."at" > now() - interval '1 hour' AND e."action" ~ '\.purge(_with|_in_bulk)?$' GROUP BY 2
 ORDER BY 1, 2
