-- Writes down, in batches, what is chosen of the trash, for an act on it that goes on: $13 'restore' or 'purge', for $14,
-- request id $15, reason $16, $17 what happens where something living stands in the way, $18 whether what is held is left
-- out. No row: nothing is chosen.
WITH
/* chosen.part.sql */
-- A product and its variants are in the same batch.
listed AS MATERIALIZED (
    SELECT n."kind", n."id", (min(n.nth) OVER (PARTITION BY n."kind", n.root) - 1) / 4000 AS part
      FROM (SELECT c."kind", c."id", r.root, row_number() OVER (PARTITION BY c."kind" ORDER BY r.root, c."id") AS nth
              FROM chosen c
              LEFT JOIN "Product" p ON c."kind" = 'product' AND p."id" = c."id" AND p."userId" + 0 = $1::int4,
                   LATERAL (SELECT coalesce(p."parentProductId", c."id") AS root) r) n),
batch AS MATERIALIZED (
    SELECT l."kind", array_agg(l."id" ORDER BY l."id") AS ids, row_number() OVER (ORDER BY l."kind", l.part) AS number
      FROM listed l GROUP BY l."kind", l.part),
begun AS (
    INSERT INTO "BulkAct" ("userId", "actorId", "act", "kinds", "deletionId", "requestId", "reason", "onConflict",
                           "withDependencies", "dependencyKinds", "along", "skipHeld", "total")
    SELECT $1::int4, $14::int4, $13::text, array_agg(DISTINCT b."kind"), $4::int8, $15::text, $16::text, $17::text,
           $11::bool, $12::text[], $10::bool, $18::bool, sum(cardinality(b.ids))
      FROM batch b HAVING count(*) > 0
    RETURNING "id"),
queued AS (
    INSERT INTO "BulkBatch" ("bulkActId", "number", "kind", "ids")
    SELECT a."id", b.number, b."kind", b.ids FROM begun a, batch b)
SELECT a."id" FROM begun a
