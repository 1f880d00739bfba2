-- Moves living products of tenant $1 to the trash, for $28, as one deletion: those with the ids $27, or where that is NULL
-- those that match the parameters $6 to $24, which are those of the list's filter_products. With $29 their living variants
-- go along; else they stand alone until their parents come back. $30 reason, $31 request id, $2 how many may be chosen: of
-- more nothing is deleted. More than $32 with their variants are only written down, in batches, as a deletion that goes on. ($3 to $5, $16, $25
-- and $26 choose a page there, and are not used here.) Rows are locked in the order of their ids. One event for the act, and
-- one for each item.
WITH /* catalog/products/value_conditions.part.sql */,
hits AS NOT MATERIALIZED (
    /* catalog/products/matching_products.part.sql */
       /* catalog/products/matching_values.part.sql */
),
chosen AS MATERIALIZED (
    SELECT t.i AS "id" FROM unnest($27::int4[]) AS t (i)
    UNION
    SELECT h."id" FROM hits h
     WHERE $27::int4[] IS NULL
       AND (coalesce($3::int8, $5::int4, $25::int4) IS NOT NULL OR $4::timestamp IS NULL OR $26::text IS NULL OR $16::bool)),
-- (+ 0, and the CASE: they are found by their ids and parents, and not among all of the tenant's, whatever the planner takes
-- those to be.)
wanted AS MATERIALIZED (
    SELECT c."id" FROM chosen c
    UNION
    SELECT v."id" FROM chosen c JOIN "Product" v ON v."parentProductId" = c."id"
     WHERE $29::bool AND v."userId" + 0 = $1::int4 AND NOT v."isDeleted" AND v."detachedBy" IS NULL),  -- of a living one
size AS MATERIALIZED (
    SELECT c.rows, c.rows BETWEEN 1 AND $2::int4 AND w.rows <= $32::int4 AS is_few, c.rows <= $2::int4 AND w.rows > $32::int4 AS is_many
      FROM (SELECT count(*) AS rows FROM chosen) c, (SELECT count(*) AS rows FROM wanted) w),
item AS MATERIALIZED (
    SELECT p."id", p."name", p."sku" FROM wanted w JOIN "Product" p ON p."id" = w."id"
     WHERE CASE WHEN p."userId" = $1::int4 THEN NOT p."isDeleted" END AND (SELECT s.is_few FROM size s)
     ORDER BY p."id" FOR UPDATE OF p),
-- A product and its variants are in the same batch.
listed AS MATERIALIZED (
    SELECT n."id", (min(n.nth) OVER (PARTITION BY n.root) - 1) / 4000 AS batch
      FROM (SELECT p."id", r.root, row_number() OVER (ORDER BY r.root, p."id") AS nth
              FROM wanted w JOIN "Product" p ON p."id" = w."id", LATERAL (SELECT coalesce(p."parentProductId", p."id") AS root) r
             WHERE CASE WHEN p."userId" = $1::int4 THEN NOT p."isDeleted" END AND (SELECT s.is_many FROM size s)) n),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId", "state")
    SELECT $1::int4, $28::int4, 'product', NULL, n.rows, $30::text, $31::text,
           CASE WHEN (SELECT s.is_many FROM size s) THEN 'running' ELSE 'done' END
      FROM (SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM listed) AS rows) n WHERE n.rows > 0
    RETURNING "id", "createdAt", "itemCount", "state"),
trashed AS (
    UPDATE "Product" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM item i, deletion d
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
    RETURNING t."id"),
begun AS (
    INSERT INTO "BulkAct" ("userId", "actorId", "act", "kinds", "deletionId", "requestId", "reason", "total")
    SELECT $1::int4, $28::int4, 'delete', '{product}', d."id", $31::text, $30::text, d."itemCount"
      FROM deletion d WHERE d."state" = 'running'
    RETURNING "id"),
queued AS (
    INSERT INTO "BulkBatch" ("bulkActId", "number", "kind", "ids")
    SELECT b."id", l.batch, 'product', array_agg(l."id" ORDER BY l."id") FROM begun b, listed l GROUP BY b."id", l.batch),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $28::int4, 'product.bulk_delete', 'product', NULL, d."id", $31::text,
           jsonb_build_object('count', d."itemCount") FROM deletion d
    UNION ALL
    SELECT $1::int4, $28::int4, 'product.delete_in_bulk', 'product', i."id", d."id", $31::text,
           jsonb_build_object('name', i."name", 'sku', i."sku") FROM item i, deletion d)
SELECT (SELECT s.rows FROM size s) AS "chosen", (SELECT d."id" FROM deletion d) AS "deletionId",
       (SELECT d."createdAt" FROM deletion d) AS "deletedAt", (SELECT count(*)::int4 FROM trashed) AS "itemCount",
       EXISTS (SELECT FROM begun) AS "isRunning",
       ARRAY(SELECT t."id" FROM trashed t ORDER BY 1) AS "ids"
 WHERE trash_changed((SELECT count(*) FROM trashed), (SELECT count(*) FROM item))
