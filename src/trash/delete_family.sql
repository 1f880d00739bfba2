-- Moves the living family $2 of tenant $1 to the trash, for $3. Its products and attributes keep their links. $4 reason, $5 request id. No row: there is no such
-- family.
WITH root AS MATERIALIZED (
    SELECT t."id", t."name" FROM "Family" t
     WHERE t."id" = $2::int4 AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END FOR UPDATE),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId")
    SELECT $1::int4, $3::int4, 'family', r."id", 1, $4::text, $5::text FROM root r
    RETURNING "id", "createdAt", "itemCount"),
trashed AS (
    UPDATE "Family" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM root r, deletion d
     WHERE t."id" = r."id" AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'family.delete', 'family', r."id", d."id", $5::text,
           jsonb_build_object('name', r."name", 'items', d."itemCount")
      FROM root r, deletion d)
SELECT d."id" AS "deletionId", d."createdAt" AS "deletedAt", d."itemCount"
  FROM deletion d WHERE trash_changed((SELECT count(*) FROM trashed), d."itemCount")
