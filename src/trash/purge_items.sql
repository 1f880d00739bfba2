-- Deletes what is chosen of the trash for good, for $13 (NULL: the retention), request id $14, reason $15, and leaves a
-- certificate. $16 these are the items of a bulk. $17 what a legal hold keeps is left out (else a trigger refuses the
-- whole). $18 how many rows must be chosen: of another number nothing is deleted. Always one row.
WITH RECURSIVE
/* chosen.part.sql */
/* wanted.part.sql */
/* locked.part.sql */
unheld AS MATERIALIZED (
    SELECT k.kind, trash_unheld($1::int4, k.kind, k.ids, $17::bool) AS ids
      FROM (SELECT i.kind, array_agg(i."id") AS ids FROM item i
             WHERE $18::int4 IS NULL OR (SELECT count(*) FROM chosen) = $18::int4 GROUP BY i.kind) k),
doomed AS MATERIALIZED (
    SELECT i.kind, i."id", i.name, i.sku, i."deletionId", i."deletedAt"
      FROM item i WHERE ((i.kind, i."id") IN (SELECT u.kind, unnest(u.ids) FROM unheld u)) IS TRUE),  -- hashed, always
product_ids AS MATERIALIZED (SELECT coalesce(array_agg(i."id"), '{}') AS ids FROM doomed i WHERE i.kind = 'product'),
/* product_hashes.part.sql */
described AS MATERIALIZED (
    SELECT i.kind, i."id", i."deletionId", i."deletedAt", coalesce(h.hash, trash_content_hash(i.kind, i."id")) AS hash
      FROM doomed i FULL JOIN product_hash h ON h.kind = i.kind AND h."id" = i."id" WHERE i."id" IS NOT NULL),
certificate AS (
    INSERT INTO "PurgeCertificate" ("userId", "actorId", "reason", "requestId", "itemCount", "contentHash")
    SELECT $1::int4, $13::int4, $15::text, $14::text, count(*),
           encode(sha256(convert_to(string_agg(d.hash, '' ORDER BY d.kind, d."id"), 'UTF8')), 'hex')
      FROM described d HAVING count(*) > 0
    RETURNING "id"),
certified AS (
    INSERT INTO "PurgedItem" ("certificateId", "kind", "itemId", "deletionId", "deletedAt", "contentHash")
    SELECT c."id", d.kind, d."id", d."deletionId", d."deletedAt", d.hash FROM certificate c, described d),
/* purged.kind.part.sql */
purged AS MATERIALIZED (/* any_purged.kind.part.sql */),
forgotten AS (
    DELETE FROM "LostLink" l USING purged p WHERE l."userId" = $1::int4 AND l."kind" = p.kind AND l."itemId" = p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $13::int4, p.kind || '.bulk_purge', p.kind, NULL, $4::int8, $14::text,
           jsonb_build_object('count', count(*), 'certificate', (SELECT c."id" FROM certificate c))
      FROM purged p WHERE $16::bool GROUP BY p.kind
    UNION ALL
    SELECT $1::int4, $13::int4,
           i.kind || CASE WHEN $16::bool THEN '.purge_in_bulk'
                          WHEN (i.kind, i."id") IN (SELECT c."kind", c."id" FROM chosen c) THEN '.purge' ELSE '.purge_with' END,
           i.kind, i."id", i."deletionId", $14::text,
           jsonb_strip_nulls(jsonb_build_object('name', i.name, 'sku', i.sku, 'certificate', (SELECT x."id" FROM certificate x),
               'items', CASE WHEN NOT $16::bool THEN (SELECT count(*) FROM purged) END))
      FROM doomed i WHERE ((i.kind, i."id") IN (SELECT p.kind, p."id" FROM purged p)) IS TRUE)
SELECT (SELECT count(*)::int4 FROM chosen) AS "chosen", (SELECT count(*)::int4 FROM purged) AS "purged",
       (SELECT c."id" FROM certificate c) AS "certificateId",
       ARRAY(SELECT ROW(i.kind, i."id", i.name) FROM item i
              WHERE ((i.kind, i."id") IN (SELECT o.kind, o."id" FROM doomed o)) IS NOT TRUE
              ORDER BY i.kind, i."id" LIMIT 100) AS "kept"
 WHERE trash_changed((SELECT count(*) FROM purged), (SELECT count(*) FROM doomed))
