-- Moves living things of the kind $2 of tenant $1 to the trash, for $9, as one deletion: those that $3 to $6 choose, with what
-- lives below them. $7 how many may be chosen: of more nothing is deleted. More rows than $8 are only written down, in
-- batches, as a deletion that goes on. $10 reason, $11 request id. Rows are locked in the order of their ids. One event for the act,
-- and one for each item. Always one row.
WITH RECURSIVE chosen AS MATERIALIZED (
    /* living_choice.part.sql */),
wanted AS (
    SELECT $2::text AS kind, c."id" FROM chosen c
    UNION
    /* living_below.part.sql */),
size AS MATERIALIZED (
    SELECT c.rows AS chosen, w.rows, c.rows <= $7::int4 AND w.rows <= $8::int4 AS is_few, c.rows <= $7::int4 AND w.rows > $8::int4 AS is_many
      FROM (SELECT count(*) AS rows FROM chosen) c, (SELECT count(*) AS rows FROM wanted) w),
doomed AS MATERIALIZED (SELECT w.kind, w."id" FROM wanted w WHERE (SELECT s.is_few FROM size s)),
/* living_item.kind.part.sql */
item AS MATERIALIZED (/* any_item.kind.part.sql */),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId", "state")
    SELECT $1::int4, $9::int4, $2::text, NULL, n.rows, $10::text, $11::text, CASE WHEN n.is_many THEN 'running' ELSE 'done' END
      FROM (SELECT s.is_many, CASE WHEN s.is_many THEN s.rows ELSE (SELECT count(*) FROM item) END AS rows FROM size s) n
     WHERE n.rows > 0
    RETURNING "id", "createdAt", "itemCount", "state"),
/* trashed.kind.part.sql */
trashed AS MATERIALIZED (/* any_trashed.kind.part.sql */),
begun AS (
    INSERT INTO "BulkAct" ("userId", "actorId", "act", "kinds", "deletionId", "requestId", "reason", "total")
    SELECT $1::int4, $9::int4, 'delete', ARRAY[$2::text], d."id", $11::text, $10::text, d."itemCount"
      FROM deletion d WHERE d."state" = 'running'
    RETURNING "id"),
queued AS (
    INSERT INTO "BulkBatch" ("bulkActId", "number", "kind", "ids")
    SELECT b."id", l.batch, l.kind, array_agg(l."id" ORDER BY l."id")
      FROM begun b, (SELECT w.kind, w."id", (row_number() OVER (ORDER BY w."id") - 1) / 4000 AS batch FROM wanted w) l
     GROUP BY b."id", l.kind, l.batch),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $9::int4, $2::text || '.bulk_delete', $2::text, NULL, d."id", $11::text,
           jsonb_build_object('count', d."itemCount") FROM deletion d
    UNION ALL
    SELECT $1::int4, $9::int4, i.kind || '.delete_in_bulk', i.kind, i."id", d."id", $11::text,
           jsonb_build_object('name', i.name) FROM item i, deletion d)
SELECT s.chosen AS "chosen", (SELECT d."id" FROM deletion d) AS "deletionId", (SELECT d."createdAt" FROM deletion d) AS "deletedAt",
       coalesce((SELECT d."itemCount" FROM deletion d), 0) AS "itemCount", EXISTS (SELECT FROM begun) AS "isRunning",
       ARRAY(SELECT c."id" FROM chosen c
              WHERE s.is_few AND (c."id" IN (SELECT i."id" FROM item i)) IS TRUE ORDER BY c."id") AS "ids"
  FROM size s WHERE trash_changed((SELECT count(*) FROM trashed), (SELECT count(*) FROM item))
