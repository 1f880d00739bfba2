-- Who stands in the way of restoring the trashed product $2 of tenant $1 (with the variants of its deletion, $4)?
-- Writes the refusal to the audit, for $3, request id $5. No row: nobody does, or the product is not in the trash.
WITH item AS (
    SELECT p."id", p."name", p."sku" FROM "Product" p
     WHERE p."userId" = $1::int4 AND p."id" = $2::int4 AND p."isDeleted"
    UNION ALL
    SELECT v."id", v."name", v."sku" FROM "Product" p JOIN "Product" v
        ON v."parentProductId" = p."id" AND v."deletionId" = p."deletionId" AND v."isDeleted"
     WHERE $4::bool AND p."userId" = $1::int4 AND p."id" = $2::int4 AND p."isDeleted"),
holder AS MATERIALIZED (
    SELECT i."id" AS item_id, h."id", h."name", h."sku", CASE WHEN h."sku" = i."sku" THEN 'sku' ELSE 'name' END AS field,
           CASE WHEN h."sku" = i."sku" THEN i."sku" ELSE i."name" END AS value
      FROM item i JOIN "Product" h
        ON h."userId" = $1::int4 AND NOT h."isDeleted" AND (h."sku" = i."sku" OR h."name" = i."name")
     ORDER BY i."id", field DESC LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'product.restore_refused', 'product', $2::int4, $5::text,
           jsonb_build_object('field', h.field, 'value', h.value, 'item', h.item_id, 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h."sku", h.field, h.value, h.item_id AS "itemId" FROM holder h
