-- Releases the legal hold $4 of tenant $1, for $2, request id $3. No row: there is none that still holds.
WITH released AS (
    UPDATE "LegalHold" h SET "releasedAt" = now(), "releasedBy" = $2::int4
     WHERE h."userId" = $1::int4 AND h."id" = $4::int8 AND h."releasedAt" IS NULL
    RETURNING h."id", h."kind", h."itemId", h."reason"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'hold.release', CASE r."kind" WHEN 'tenant' THEN 'hold' ELSE r."kind" END, r."itemId", $3::text,
           jsonb_build_object('hold', r."id", 'kind', r."kind", 'reason', r."reason") FROM released r)
SELECT r."id" FROM released r
