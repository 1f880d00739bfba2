-- Brings the trashed product $2 of tenant $1 back, for $3: exactly it, and with $4 the variants that its own
-- deletion took along. One audit event. $5 request id. No row: there is no such product in the trash.
-- A SKU or name that a living product has taken meanwhile is a unique violation, and nothing is changed.
WITH root AS MATERIALIZED (
    SELECT p."id", p."name", p."sku", p."deletionId" FROM "Product" p
     WHERE p."userId" = $1::int4 AND p."id" = $2::int4 AND p."isDeleted" FOR UPDATE),
variant AS MATERIALIZED (
    SELECT p."id" FROM "Product" p
     WHERE $4::bool AND p."userId" = $1::int4 AND p."isDeleted"
       AND p."parentProductId" = (SELECT r."id" FROM root r) AND p."deletionId" = (SELECT r."deletionId" FROM root r)
     ORDER BY p."id" FOR UPDATE),
item AS MATERIALIZED (SELECT "id" FROM root UNION ALL SELECT "id" FROM variant),
restored AS (
    UPDATE "Product" p SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE p."id" = i."id" AND p."isDeleted"
    RETURNING p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'product.restore', 'product', r."id", r."deletionId", $5::text,
           jsonb_build_object('name', r."name", 'sku', r."sku", 'variants', to_jsonb(ARRAY(SELECT "id" FROM variant)))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount" FROM root r
