-- What would come back, and what stands in its way, if what is chosen were restored. $13 the retention in days.
-- Always one row.
WITH RECURSIVE
/* chosen.part.sql */
/* wanted.part.sql */
/* seen.part.sql */
/* conflicts.part.sql */
shown_in_the_way AS MATERIALIZED (
    SELECT w.kind, w."id", w.place, w.field, w.value, w.holder, w.holder_name, w.holder_sku, w.nth_free
      FROM in_the_way w ORDER BY w.kind, w."id", w.field DESC LIMIT 100),
to_rename AS (SELECT w.kind, w."id", w.field, w.place, w.value, w.nth_free FROM shown_in_the_way w),
/* free_names.part.sql */
kinds AS (SELECT i.kind, count(*)::int4 AS rows FROM item i GROUP BY i.kind),
back AS (SELECT i.kind, i."id" FROM item i),
/* missing_values.part.sql */
SELECT (SELECT count(*)::int4 FROM chosen) AS "chosen", (SELECT count(*)::int4 FROM item) AS "items",
       (SELECT count(*)::int4 FROM in_the_way) AS "conflictCount",
       ARRAY(SELECT ROW(k.kind, k.rows) FROM kinds k ORDER BY k.kind) AS "kinds",
       ARRAY(SELECT ROW(i.kind, i."id", i.name, i.sku, i."deletionId", i."deletedAt", i.is_chosen)
               FROM (SELECT i.kind, i."id", i.name, i.sku, i."deletionId", i."deletedAt",
                            (i.kind, i."id") IN (SELECT c."kind", c."id" FROM chosen c) AS is_chosen FROM item i) i
              ORDER BY NOT i.is_chosen, i.kind, i."id" LIMIT 100) AS "rows",
       ARRAY(SELECT ROW(w.kind, w."id", w.field, w.value, w.holder, w.holder_name, w.holder_sku)
               FROM shown_in_the_way w ORDER BY w.kind, w."id", w.field DESC) AS "conflicts",
       ARRAY(SELECT ROW(n.kind, n."id", n.field, n.name) FROM new_name n ORDER BY n.kind, n."id", n.field DESC) AS "names",
       ARRAY(SELECT ROW(t."kind", t."id", t."name", x.of_kind, x.of_id)
               FROM (SELECT DISTINCT n.kind, n."id", w.kind AS of_kind, w."id" AS of_id FROM item w, LATERAL (
        /* dependencies.part.sql */) n) x,
                    LATERAL (SELECT t."kind", t."id", t."name" FROM trash."Item" t
                              WHERE t."kind" = x.kind AND t."id" = x."id" AND t."userId" + 0 = $1::int4 OFFSET 0) t
              WHERE ((x.kind, x."id") IN (SELECT o.kind, o."id" FROM item o)) IS NOT TRUE
              ORDER BY t."kind", t."id", x.of_kind, x.of_id LIMIT 100) AS "stillInTrash",
       ARRAY(SELECT ROW(l."goneKind", l."goneId", n.name, i.kind, i."id", l."at" AT TIME ZONE 'UTC')
               FROM item i, LATERAL (SELECT l."goneKind", l."goneId", l."at" FROM "LostLink" l
                                      WHERE l."userId" = $1::int4 AND l."kind" = i.kind AND l."itemId" = i."id"
                                        AND l."deletionId" IS NOT DISTINCT FROM i."deletionId" OFFSET 0) l
               LEFT JOIN LATERAL (SELECT e."detail" ->> 'name' AS name FROM "AuditEvent" e
                                   WHERE e."userId" = $1::int4 AND e."entity" = l."goneKind" AND e."entityId" = l."goneId"
                                     AND e."action" LIKE '%.purge%' ORDER BY e."id" DESC LIMIT 1) n ON true
              ORDER BY l."goneKind", l."goneId", i.kind, i."id" LIMIT 100) AS "gone",
       ARRAY(SELECT ROW(m."id", m."name", m.of_id) FROM missing_value m ORDER BY m.of_id, m."id") AS "missing",
       (SELECT min(coalesce(d."purgeAfter", i."deletedAt" + make_interval(days => trash_retention($1::int4, $13::int4))))
          FROM item i LEFT JOIN "Deletion" d ON d."id" = i."deletionId") AS "purgeAt"
