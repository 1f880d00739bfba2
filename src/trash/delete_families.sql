-- Moves the living families $2 of tenant $1 to the trash, for $3, as one deletion. $4 reason, $5 request id, $6 they are the
-- items of a bulk, each with an audit event of its own. No row: there are none such.
WITH item AS MATERIALIZED (
    SELECT f."id", f."name" FROM "Family" f
     WHERE f."userId" = $1::int4 AND f."id" = ANY ($2::int4[]) AND NOT f."isDeleted"
     ORDER BY f."id" FOR UPDATE),
root AS (
    SELECT i."id", i."name" FROM item i WHERE NOT $6::bool AND i."id" = ($2::int4[])[1]),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId")
    SELECT $1::int4, $3::int4, 'family', (SELECT r."id" FROM root r), count(*), $4::text, $5::text
      FROM item HAVING count(*) > 0
    RETURNING "id", "createdAt", "itemCount"),
trashed AS (
    UPDATE "Family" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM item i, deletion d
     WHERE t."id" = i."id" AND NOT t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'family.delete', 'family', r."id", d."id", $5::text,
           jsonb_build_object('name', r."name", 'items', d."itemCount")
      FROM root r, deletion d
    UNION ALL
    SELECT $1::int4, $3::int4, 'family.bulk_delete', 'family', NULL, d."id", $5::text,
           jsonb_build_object('count', d."itemCount")
      FROM deletion d WHERE $6::bool
    UNION ALL
    SELECT $1::int4, $3::int4, 'family.delete_in_bulk', 'family', i."id", d."id", $5::text,
           jsonb_build_object('name', i."name")
      FROM item i, deletion d WHERE $6::bool)
SELECT d."id" AS "deletionId", d."createdAt" AS "deletedAt", d."itemCount"
  FROM deletion d WHERE EXISTS (SELECT FROM trashed)
