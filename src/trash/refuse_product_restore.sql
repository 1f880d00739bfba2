-- Who stands in the way of restoring the trashed product $2 of tenant $1 (with the variants of its deletion, $4)?
-- Writes the refusal to the audit, for $3, request id $5. No row: nobody does, or the product is not in the trash.
-- (How they are found: see restore_items.sql.)
WITH root AS MATERIALIZED (
    SELECT p."id", p."name", p."sku", p."deletionId" FROM "Product" p
     WHERE p."id" = $2::int4 AND CASE WHEN p."userId" = $1::int4 THEN p."isDeleted" END),
item AS MATERIALIZED (
    SELECT r."id", r."name", r."sku" FROM root r
    UNION ALL
    SELECT v."id", v."name", v."sku" FROM "Product" v
     WHERE $4::bool AND v."parentProductId" = (SELECT r."id" FROM root r) AND CASE WHEN v."userId" = $1::int4 THEN v."isDeleted" END
       AND coalesce(v."deletionId", 0) = (SELECT r."deletionId" FROM root r)),
holder AS MATERIALIZED (
    SELECT i."id" AS item_id, h."id", h."name", h."sku", h.field, CASE h.field WHEN 'sku' THEN i."sku" ELSE i."name" END AS value
      FROM item i, LATERAL (
        SELECT h."id", h."name", h."sku", 'sku' AS field FROM "Product" h
         WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."sku" = i."sku"
        UNION ALL
        SELECT h."id", h."name", h."sku", 'name' FROM "Product" h
         WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i."name" OFFSET 0) h
     ORDER BY i."id", h.field DESC LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'product.restore_refused', 'product', $2::int4, $5::text,
           jsonb_build_object('field', h.field, 'value', h.value, 'item', h.item_id, 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h."sku", h.field, h.value, h.item_id AS "itemId" FROM holder h
