-- Deletes the trashed product $2 of tenant $1 for good, for $3, with the trashed variants of the same deletion, their
-- values and links. Living variants become products of their own. $4 request id. Always one row.
WITH root AS MATERIALIZED (
    SELECT p."id", p."name", p."sku", p."deletionId" FROM "Product" p
     WHERE p."userId" = $1::int4 AND p."id" = $2::int4 AND p."isDeleted" FOR UPDATE),
variant AS MATERIALIZED (
    SELECT p."id" FROM "Product" p
     WHERE p."userId" = $1::int4 AND p."isDeleted" AND p."parentProductId" = (SELECT r."id" FROM root r)
       AND p."deletionId" = (SELECT r."deletionId" FROM root r)
     ORDER BY p."id" FOR UPDATE),
purged AS (
    DELETE FROM "Product" p
     WHERE p."id" IN (SELECT "id" FROM root UNION ALL SELECT "id" FROM variant) AND p."isDeleted"
    RETURNING p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'product.purge', 'product', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."name", 'sku', r."sku", 'variants', to_jsonb(ARRAY(SELECT "id" FROM variant)))
      FROM root r)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "Product" p WHERE p."userId" = $1::int4 AND p."id" = $2::int4 AND NOT p."isDeleted") AS "isActive"
