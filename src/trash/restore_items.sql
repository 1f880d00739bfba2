-- Brings what is chosen back, for $13, request id $14. $15: what happens where something living has its SKU or name: 'fail',
-- nothing comes back; 'skip', the others come back; 'rename', it gets the next free one; 'replace', what has it goes to the
-- trash, as a deletion of its own. $16 these are the items of a bulk; $17 how often this was tried before and lost; $18 tell what of
-- those that they need is still in the trash, and which values they lack.
-- Always one row.
WITH RECURSIVE
/* chosen.part.sql */
/* wanted.part.sql */
/* locked.part.sql */
/* conflicts.part.sql */
to_rename AS (
    SELECT w.kind, w."id", w.field, w.place, w.value, w.nth_free + $17::int4 AS nth_free FROM in_the_way w WHERE $15::text = 'rename'),
/* free_names.part.sql */
planned AS MATERIALIZED (
    SELECT i.kind, i."id", i.name, i.sku, i."deletionId", i."deletedAt", i.new_sku, i.new_name,
           CASE $15::text WHEN 'fail' THEN NOT EXISTS (SELECT FROM in_the_way)
                          WHEN 'skip' THEN coalesce(i.sku_nth, i.name_nth) IS NULL
                          WHEN 'replace' THEN coalesce(i.sku_nth, 1) = 1 AND coalesce(i.name_nth, 1) = 1
                          ELSE true END AS comes_back
      -- (Grouped, and not joined: ten thousand with ten thousand of which the planner knows nothing may be each with each.)
      FROM (SELECT n.kind, n."id", max(n.name) AS name, max(n.sku) AS sku, max(n."deletionId") AS "deletionId", max(n."deletedAt") AS "deletedAt",
                   min(n.nth) FILTER (WHERE n.field = 'sku') AS sku_nth, min(n.nth) FILTER (WHERE n.field = 'name') AS name_nth,
                   max(n.new_value) FILTER (WHERE n.field = 'sku') AS new_sku, max(n.new_value) FILTER (WHERE n.field = 'name') AS new_name
              FROM (SELECT n.kind, n."id", n.name, n.sku, n."deletionId", n."deletedAt", n.field,
                           CASE WHEN n.holder IS NOT NULL OR n.nth > 1 THEN n.nth END AS nth, NULL::text AS new_value FROM needed n
                    UNION ALL
                    SELECT f.kind, f."id", NULL, NULL, NULL, NULL, f.field, NULL, f.name FROM new_name f) n
             GROUP BY n.kind, n."id") i),
-- Those that are replaced: a category or group with all that lives below it.
holder_item AS (
    SELECT DISTINCT w.kind AS root_kind, w.holder AS root, w.kind, w.holder AS "id"
      FROM in_the_way w
     WHERE $15::text = 'replace' AND w.holder IS NOT NULL
       AND ((w.kind, w."id") IN (SELECT p.kind, p."id" FROM planned p WHERE p.comes_back)) IS TRUE  -- hashed, always
    UNION
    SELECT h.root_kind, h.root, h.kind, b."id" FROM holder_item h, LATERAL (
        SELECT t."id" FROM "Category" t
         WHERE h.kind = 'category' AND t."userId" + 0 = $1::int4 AND t."parentCategoryId" = h."id" AND NOT t."isDeleted"
        UNION ALL SELECT t."id" FROM "AssetGroup" t
         WHERE h.kind = 'assetGroup' AND t."userId" + 0 = $1::int4 AND t."parentGroupId" = h."id" AND NOT t."isDeleted") b),
holder_deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId")
    SELECT $1::int4, $13::int4, h.root_kind, h.root, count(*), 'replaced by a restore', $14::text
      FROM holder_item h GROUP BY h.root_kind, h.root ORDER BY h.root_kind, h.root
    RETURNING "id", "kind", "rootId", "createdAt", "itemCount"),
-- Each with its own deletion, where it is below another one that is replaced too. (FULL: hashed, always.)
replacing AS MATERIALIZED (
    SELECT DISTINCT ON (h.kind, h."id") h.kind, h."id", d."id" AS "deletionId", d."createdAt", d."itemCount",
           (h.kind, h."id") = (h.root_kind, h.root) AS is_root
      FROM holder_item h FULL JOIN holder_deletion d ON d."kind" = h.root_kind AND d."rootId" = h.root
     ORDER BY h.kind, h."id", is_root DESC),
/* replaced.kind.part.sql */
replaced AS MATERIALIZED (/* any_replaced.kind.part.sql */),
/* restored.kind.part.sql */
restored AS MATERIALIZED (/* any_restored.kind.part.sql */),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $13::int4, r.kind || '.delete', r.kind, r."id", r."deletionId", $14::text,
           jsonb_build_object('name', r.name, 'items', r."itemCount", 'replaced', true)
      FROM replaced r WHERE r.is_root
    UNION ALL
    SELECT $1::int4, $13::int4, r.kind || '.bulk_restore', r.kind, NULL, $4::int8, $14::text, jsonb_build_object('count', count(*))
      FROM restored r WHERE $16::bool GROUP BY r.kind
    UNION ALL
    SELECT $1::int4, $13::int4,
           p.kind || CASE WHEN $16::bool THEN '.restore_in_bulk'
                          WHEN (p.kind, p."id") IN (SELECT c."kind", c."id" FROM chosen c) THEN '.restore' ELSE '.restore_with' END,
           p.kind, p."id", p."deletionId", $14::text,
           jsonb_strip_nulls(jsonb_build_object(
               'name', coalesce(p.new_name, p.name), 'sku', coalesce(p.new_sku, p.sku),
               'items', CASE WHEN NOT $16::bool THEN (SELECT count(*) FROM restored) END,
               'renamedFrom', CASE WHEN coalesce(p.new_name, p.new_sku) IS NOT NULL
                                   THEN jsonb_strip_nulls(jsonb_build_object('name', p.name, 'sku', p.sku)) END))
      FROM planned p WHERE ((p.kind, p."id") IN (SELECT r.kind, r."id" FROM restored r)) IS TRUE
    UNION ALL
    SELECT $1::int4, $13::int4, w.kind || '.restore_refused', w.kind, w."id", NULL, $14::text,
           jsonb_build_object('field', w.field, 'value', w.value, 'item', w."id", 'holder', w.holder)
      FROM in_the_way w WHERE $15::text = 'fail' AND NOT $16::bool
    UNION ALL
    SELECT $1::int4, $13::int4, w.kind || '.bulk_restore_refused', w.kind, NULL, $4::int8, $14::text,
           jsonb_build_object('count', count(DISTINCT w."id"), 'first', min(w."id"))
      FROM in_the_way w WHERE $15::text = 'fail' AND $16::bool GROUP BY w.kind),
back AS (SELECT r.kind, r."id" FROM restored r WHERE $18::bool),
/* missing_values.part.sql */
SELECT (SELECT count(*)::int4 FROM chosen) AS "chosen", (SELECT count(*)::int4 FROM restored) AS "restored",
       (SELECT count(*)::int4 FROM planned p WHERE NOT p.comes_back) AS "left",
       ARRAY(SELECT ROW(r.kind, r."id") FROM restored r ORDER BY r.kind, r."id" LIMIT 100) AS "items",
       ARRAY(SELECT ROW(w.kind, w."id", w.field, w.value, w.holder, w.holder_name, w.holder_sku)
               FROM in_the_way w WHERE $15::text <> 'rename' ORDER BY w.kind, w."id", w.field DESC LIMIT 100) AS "conflicts",
       ARRAY(SELECT ROW(p.kind, p."id", p.name, p.new_name, p.sku, p.new_sku)
               FROM planned p WHERE p.new_name IS NOT NULL OR p.new_sku IS NOT NULL ORDER BY p.kind, p."id" LIMIT 100) AS "renamed",
       ARRAY(SELECT ROW(r.kind, r."id", r.name, r."deletionId") FROM replaced r
              WHERE r.is_root ORDER BY r."deletionId" LIMIT 100) AS "replaced",
       ARRAY(SELECT ROW(t."kind", t."id", t."name", x.of_kind, x.of_id)
               FROM (SELECT DISTINCT n.kind, n."id", w.kind AS of_kind, w."id" AS of_id FROM restored w, LATERAL (
        /* dependencies.part.sql */) n) x,
                    LATERAL (SELECT t."kind", t."id", t."name" FROM trash."Item" t
                              WHERE t."kind" = x.kind AND t."id" = x."id" AND t."userId" + 0 = $1::int4 OFFSET 0) t
              WHERE $18::bool AND ((x.kind, x."id") IN (SELECT o.kind, o."id" FROM restored o)) IS NOT TRUE
              ORDER BY t."kind", t."id", x.of_kind, x.of_id LIMIT 100) AS "stillInTrash",
       ARRAY(SELECT ROW(m."id", m."name", m.of_id) FROM missing_value m ORDER BY m.of_id, m."id") AS "missing"
 WHERE trash_changed((SELECT count(*) FROM restored), (SELECT count(*) FROM planned p WHERE p.comes_back))
   AND trash_changed((SELECT count(*) FROM replaced), (SELECT count(*) FROM replacing), '40001')  -- somebody else had it: look again
