-- Places a legal hold on the $4 ('product', 'category', 'tenant') $5 of tenant $1, for $2, request id $3, for the reason $6. A
-- trigger sees to it that the thing is there; one that is held already is a unique violation.
WITH placed AS (
    INSERT INTO "LegalHold" ("userId", "kind", "itemId", "reason", "placedBy")
    VALUES ($1::int4, $4::text, $5::int4, $6::text, $2::int4)
    RETURNING "id", "kind", "itemId", "reason", "placedAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'hold.place', CASE p."kind" WHEN 'tenant' THEN 'hold' ELSE p."kind" END, p."itemId", $3::text,
           jsonb_build_object('hold', p."id", 'kind', p."kind", 'reason', p."reason") FROM placed p)
SELECT p."id", p."placedAt" AT TIME ZONE 'UTC' AS "placedAt" FROM placed p
