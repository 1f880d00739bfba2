-- Keeps what the deletion $2 of tenant $1 removed until $5 (NULL: as long as everything), for $3, request id $4. No row: there is no
-- such deletion of the kinds $6.
WITH changed AS (
    UPDATE "Deletion" d SET "purgeAfter" = $5::timestamp
     WHERE d."userId" = $1::int4 AND d."id" = $2::int8 AND d."kind" = ANY ($6::text[])
    RETURNING d."id", d."kind", d."purgeAfter"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'deletion.keep', 'deletion', NULL, c."id", $4::text, jsonb_build_object('purgeAfter', c."purgeAfter")
      FROM changed c)
SELECT c."id" FROM changed c
