-- What a cleanup would purge within $2 days from now, by tenant and kind ($1: the installation's retention in days; $3: only of
-- this tenant). What legal holds keep is not counted.
WITH due AS MATERIALIZED (
    SELECT t."userId", t."kind", t."id", t."name", t."dueAt"
      FROM (SELECT i."userId", i."kind", i."id", i."name",
                   coalesce(d."purgeAfter", i."deletedAt" + make_interval(days => coalesce(p."retentionDays", $1::int4))) AS "dueAt"
              FROM trash."Item" i LEFT JOIN "Deletion" d ON d."id" = i."deletionId"
              LEFT JOIN "TrashPolicy" p ON p."userId" = i."userId"
             WHERE ($3::int4 IS NULL OR i."userId" = $3::int4) AND i."deletedAt" IS NOT NULL
               AND d."state" IS DISTINCT FROM 'running' AND NOT EXISTS (SELECT FROM "TrashOff")) t
     WHERE t."dueAt" <= (now() AT TIME ZONE 'UTC') + make_interval(days => $2::int4)),
held AS MATERIALIZED (
    SELECT k."kind", h.item
      FROM (SELECT t."userId", t."kind", array_agg(t."id") AS ids FROM due t
             WHERE t."userId" IN (SELECT l."userId" FROM "LegalHold" l WHERE l."releasedAt" IS NULL) GROUP BY 1, 2) k,
           LATERAL trash_holds_on(k."userId", k."kind", k.ids) h)
SELECT t."userId", u."email", t."kind", count(*) AS "rows", min(t."dueAt") AS "firstAt",
       (array_agg(t."name" ORDER BY t."dueAt", t."id"))[1:5] AS "names"
  FROM due t JOIN "User" u ON u."id" = t."userId"
 WHERE NOT EXISTS (SELECT FROM held h WHERE h."kind" = t."kind" AND h.item = t."id")
 GROUP BY 1, 2, 3 ORDER BY 1, 3
