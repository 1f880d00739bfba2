-- Keeps what a cleanup would purge of the tenant $1 until $3 ($2: the installation's retention in days) for $4 days after that, request
-- id $5: for whoever has the link of the mail about it. What no act of ours deleted becomes an act that can be kept, one for each thing,
-- so that each comes back alone. Always one row.
WITH coming AS MATERIALIZED (
    /* coming_until.part.sql */),
locked AS MATERIALIZED (
    SELECT d."id" FROM "Deletion" d
     WHERE d."userId" = $1::int4 AND d."id" IN (SELECT c."deletionId" FROM coming c) ORDER BY d."id" FOR UPDATE),
kept AS (
    UPDATE "Deletion" d SET "purgeAfter" = greatest(d."purgeAfter", $3::timestamp + make_interval(days => $4::int4))
      FROM locked l WHERE d."userId" = $1::int4 AND d."id" = l."id"
    RETURNING d."id", d."purgeAfter"),
/* adopted_coming.kind.part.sql */
adopted AS (/* any_adopted_coming.kind.part.sql */),
-- Living variants of a product that is gone are detached by its act.
variant AS (
    UPDATE "Product" v SET "detachedBy" = a.act FROM product_taken a
     WHERE v."userId" = $1::int4 AND v."parentProductId" = a."id" AND NOT v."isDeleted" AND v."detachedBy" = 0),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, NULL::int4, 'deletion.keep', 'deletion', NULL::int4, k."id", $5::text,
           jsonb_build_object('purgeAfter', k."purgeAfter", 'by', 'the link of a mail')
      FROM (SELECT t."id", t."purgeAfter" FROM kept t UNION ALL SELECT a.act, a."purgeAfter" FROM adopted a) k)
SELECT (SELECT count(*) FROM coming c WHERE c."deletionId" IN (SELECT k."id" FROM kept k)) + (SELECT count(*) FROM adopted) AS "rows",
       $3::timestamp <= now() AT TIME ZONE 'UTC' AS "isOver"
