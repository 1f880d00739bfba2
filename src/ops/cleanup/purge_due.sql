-- Deletes those of the rows $4 of the kind $3 that are due in the trash of tenant $1 ($2: the installation's retention in days) for
-- good, in the run $5, and leaves a certificate. Nobody is waited for: what somebody has in hands, or whose act is being kept at
-- this moment, stays for the next time; so does what a legal hold keeps. Always one row.
WITH act AS MATERIALIZED (
    SELECT d."id", d."purgeAfter", d."state" FROM "Deletion" d
     WHERE d."userId" = $1::int4
       AND d."id" IN (SELECT t."deletionId" FROM trash."Item" t
                       WHERE t."userId" = $1::int4 AND t."kind" = $3::text AND t."id" = ANY ($4::int4[]))
     ORDER BY d."id" FOR SHARE SKIP LOCKED),
/* due_item.kind.part.sql */
item AS MATERIALIZED (/* any_due.kind.part.sql */),
-- (A FULL JOIN is hashed, whatever number of rows is expected; so is an IN that IS TRUE.)
joined AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt", a."id" AS act, a."purgeAfter", a."state"
      FROM item i FULL JOIN act a ON a."id" = i."deletionId"),
ripe AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM joined i
     WHERE i."deletedAt" IS NOT NULL AND (i."deletionId" IS NULL OR i.act IS NOT NULL) AND i."state" IS DISTINCT FROM 'running'
       AND coalesce(i."purgeAfter", i."deletedAt" + make_interval(days => (SELECT trash_retention($1::int4, $2::int4))))
           <= now() AT TIME ZONE 'UTC' AND NOT EXISTS (SELECT FROM "TrashOff")),
unheld AS MATERIALIZED (
    SELECT unnest(u.ids) AS id
      FROM (SELECT trash_unheld($1::int4, $3::text, array_agg(r."id"), true) AS ids FROM ripe r HAVING count(*) > 0) u),
product_ids AS MATERIALIZED (SELECT coalesce(array_agg(u.id), '{}') AS ids FROM unheld u WHERE $3::text = 'product'),
/* trash/product_hashes.part.sql */
doomed AS MATERIALIZED (
    SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt", coalesce(h.hash, trash_content_hash($3::text, i."id")) AS hash
      FROM ripe i FULL JOIN product_hash h ON h."id" = i."id" WHERE (i."id" IN (SELECT u.id FROM unheld u)) IS TRUE),
certificate AS (
    INSERT INTO "PurgeCertificate" ("userId", "actorId", "reason", "requestId", "itemCount", "contentHash")
    SELECT $1::int4, NULL, 'retention', 'cleanup-' || $5::int8, count(*),
           encode(sha256(convert_to(string_agg(d.hash, '' ORDER BY d."id"), 'UTF8')), 'hex')
      FROM doomed d HAVING count(*) > 0
    RETURNING "id"),
certified AS (
    INSERT INTO "PurgedItem" ("certificateId", "kind", "itemId", "deletionId", "deletedAt", "contentHash")
    SELECT c."id", $3::text, d."id", d."deletionId", d."deletedAt", d.hash FROM certificate c, doomed d),
/* purged_due.kind.part.sql */
purged AS MATERIALIZED (/* any_purged_due.kind.part.sql */),
unlinked AS (
    DELETE FROM "LostLink" l USING purged p WHERE l."userId" = $1::int4 AND l."kind" = $3::text AND l."itemId" = p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, NULL, $3::text || '.purge_in_bulk', $3::text, p."id", p."deletionId", 'cleanup-' || $5::int8,
           jsonb_strip_nulls(jsonb_build_object('name', p.name, 'sku', p.sku, 'certificate', (SELECT c."id" FROM certificate c)))
      FROM purged p),
forgotten AS (
    DELETE FROM "CleanupFailure" f USING purged p WHERE f."userId" = $1::int4 AND f."kind" = $3::text AND f."itemId" = p."id"),
delayed AS (
    UPDATE "CleanupFailure" f SET "nextTryAt" = now() + interval '1 hour'
     WHERE f."userId" = $1::int4 AND f."kind" = $3::text AND f."itemId" = ANY ($4::int4[]) AND f."nextTryAt" <= now()
       AND NOT EXISTS (SELECT FROM purged p WHERE p."id" = f."itemId"))
SELECT (SELECT count(*)::int4 FROM purged) AS "purged", (SELECT count(*)::int4 FROM ripe) - (SELECT count(*)::int4 FROM unheld) AS "held"
