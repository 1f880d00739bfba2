-- Brings the trashed product $2 of tenant $1 back, for $3: exactly it, and with $4 the variants that its own
-- deletion took along. One audit event. $5 request id. No row: there is no such product in the trash.
-- A SKU or name that a living product has taken meanwhile is a unique violation, and nothing is changed.
-- (The CASEs, and coalesce: each is found by its id, or by its parent; see restore_items.sql.)
WITH root AS MATERIALIZED (
    SELECT p."id", p."name", p."sku", p."deletionId" FROM "Product" p
     WHERE p."id" = $2::int4 AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END FOR UPDATE),
variant AS MATERIALIZED (
    SELECT p."id" FROM "Product" p
     WHERE $4::bool AND p."parentProductId" = (SELECT r."id" FROM root r) AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END
       AND coalesce(p."deletionId", 0) = (SELECT r."deletionId" FROM root r)
     ORDER BY p."id" FOR UPDATE),
item AS MATERIALIZED (SELECT "id" FROM root UNION ALL SELECT "id" FROM variant),
restored AS (
    UPDATE "Product" p SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE p."id" = i."id" AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END
    RETURNING p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'product.restore', 'product', r."id", r."deletionId", $5::text,
           jsonb_build_object('name', r."name", 'sku', r."sku", 'variants', to_jsonb(ARRAY(SELECT "id" FROM variant)))
      FROM root r),
back AS (SELECT 'product'::text AS kind, i."id" FROM restored i),
/* missing_values.part.sql */
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount",
       ARRAY(SELECT ROW(m."id", m."name", m.of_id) FROM missing_value m ORDER BY m.of_id, m."id") AS "missing"
  FROM root r WHERE trash_changed((SELECT count(*) FROM restored), (SELECT count(*) FROM item))
