-- Keeps what a cleanup would purge of the tenant $1 until $3 ($2: the installation's retention in days) for $4 days after that, request
-- id $5: for whoever has the link of the mail about it. What no act of ours deleted gets a hold, if it is of a kind that can have one.
-- Always one row.
WITH coming AS MATERIALIZED (
    /* coming_until.part.sql */),
locked AS MATERIALIZED (
    SELECT d."id" FROM "Deletion" d
     WHERE d."userId" = $1::int4 AND d."id" IN (SELECT c."deletionId" FROM coming c) ORDER BY d."id" FOR UPDATE),
kept AS (
    UPDATE "Deletion" d SET "purgeAfter" = greatest(d."purgeAfter", $3::timestamp + make_interval(days => $4::int4))
      FROM locked l WHERE d."userId" = $1::int4 AND d."id" = l."id"
    RETURNING d."id", d."purgeAfter"),
held AS (
    INSERT INTO "LegalHold" ("userId", "kind", "itemId", "reason")
    SELECT $1::int4, c."kind", c."id", 'The owner keeps it' FROM coming c
     WHERE c."deletionId" IS NULL AND c."kind" IN ('product', 'category') ORDER BY c."kind", c."id"
    ON CONFLICT DO NOTHING
    RETURNING "id", "kind", "itemId", "reason"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, NULL::int4, 'deletion.keep', 'deletion', NULL::int4, k."id", $5::text,
           jsonb_build_object('purgeAfter', k."purgeAfter", 'by', 'the link of a mail') FROM kept k
    UNION ALL
    SELECT $1::int4, NULL::int4, 'hold.place', h."kind", h."itemId", NULL::int8, $5::text,
           jsonb_build_object('hold', h."id", 'kind', h."kind", 'reason', h."reason", 'by', 'the link of a mail') FROM held h)
SELECT count(*) AS "rows", $3::timestamp <= now() AT TIME ZONE 'UTC' AS "isOver",
       count(*) FILTER (WHERE c."deletionId" IS NULL AND c."kind" NOT IN ('product', 'category')) AS "left"
  FROM coming c
