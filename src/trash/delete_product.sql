-- Moves the living product $2 of tenant $1 to the trash, for $3: with its living variants ($4), or leaving them to
-- stand alone until it comes back (the triggers of "Product" see to that). One deletion, one audit event.
-- $5 reason, $6 request id, $7 the version that it must have (NULL: any). No row: there is no such living product.
WITH root AS MATERIALIZED (
    SELECT p."id", p."name", p."sku" FROM "Product" p
     WHERE p."id" = $2::int4 AND CASE WHEN p."userId" = $1::int4 THEN NOT p."isDeleted" END
       AND ($7::int4 IS NULL OR p."version" = $7::int4) FOR UPDATE),
variant AS MATERIALIZED (
    SELECT p."id" FROM "Product" p
     WHERE $4::bool AND p."parentProductId" = (SELECT r."id" FROM root r) AND CASE WHEN p."userId" = $1::int4 THEN NOT p."isDeleted" END
     ORDER BY p."id" FOR UPDATE),
item AS MATERIALIZED (SELECT "id" FROM root UNION ALL SELECT "id" FROM variant),
deletion AS (
    INSERT INTO "Deletion" ("userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId")
    SELECT $1::int4, $3::int4, 'product', r."id", (SELECT count(*) FROM item), $5::text, $6::text FROM root r
    RETURNING "id", "createdAt", "itemCount"),
trashed AS (
    UPDATE "Product" p SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM item i, deletion d
     WHERE p."id" = i."id" AND CASE WHEN p."userId" = $1::int4 THEN NOT p."isDeleted" END
    RETURNING p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'product.delete', 'product', r."id", d."id", $6::text,
           jsonb_build_object('name', r."name", 'sku', r."sku", 'variants', to_jsonb(ARRAY(SELECT "id" FROM variant)))
      FROM root r, deletion d)
SELECT d."id" AS "deletionId", d."createdAt" AS "deletedAt", d."itemCount"
  FROM deletion d WHERE trash_changed((SELECT count(*) FROM trashed), d."itemCount")
