-- The last $1 days with something in them: soft deletes and restores as the audit has them, and what is in the trash from that day
-- still, as the deployment guide asks for it.
SELECT t."day", sum(t."deleted")::int8 AS "deleted", sum(t."restored")::int8 AS "restored", sum(t."refused")::int8 AS "refused",
       sum(t."inTrash")::int8 AS "inTrash"
  FROM (SELECT date_trunc('day', d."createdAt") AS "day", d."itemCount"::int8 AS "deleted", 0::int8 AS "restored", 0::int8 AS "refused",
               0::int8 AS "inTrash" FROM "Deletion" d
         WHERE d."kind" <> 'adopted' AND d."createdAt" > now() AT TIME ZONE 'UTC' - make_interval(days => $1::int4)
        UNION ALL
        SELECT date_trunc('day', e."at" AT TIME ZONE 'UTC'), 0, (e."action" !~ '_refused$')::int4, (e."action" ~ '_refused$')::int4, 0
          FROM "AuditEvent" e
         WHERE e."at" > now() - make_interval(days => $1::int4) AND e."action" ~ '\.restore(_with|_in_bulk|_refused)?$'
        UNION ALL
        SELECT date_trunc('day', i."deletedAt"), 0, 0, 0, 1 FROM trash."Item" i
         WHERE i."deletedAt" > now() AT TIME ZONE 'UTC' - make_interval(days => $1::int4)) t
 GROUP BY 1 ORDER BY 1 DESC
