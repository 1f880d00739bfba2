-- What would go if what is chosen were deleted for good. Always one row.
WITH RECURSIVE
/* chosen.part.sql */
/* wanted.part.sql */
/* seen.part.sql */
kinds AS (SELECT i.kind, count(*)::int4 AS rows FROM item i GROUP BY i.kind),
-- Products that a hold may be on, found all at once: those below it, and their parents.
near AS MATERIALIZED (
    SELECT k.id FROM "LegalHold" h, LATERAL trash_held_products(h."kind", h."itemId") k (id)
     WHERE h."userId" = $1::int4 AND h."releasedAt" IS NULL
    UNION
    SELECT v."parentProductId" FROM "LegalHold" h, LATERAL trash_held_products(h."kind", h."itemId") k (id)
      JOIN "Product" v ON v."id" = k.id AND v."parentProductId" IS NOT NULL
     WHERE h."userId" = $1::int4 AND h."releasedAt" IS NULL AND v."userId" + 0 = $1::int4),
held AS MATERIALIZED (
    SELECT i.kind, i."id", i.name, h."id" AS hold, h."reason", h."placedBy"
      FROM item i CROSS JOIN LATERAL (SELECT trash_hold_on($1::int4, i.kind, i."id") AS hold) k
      JOIN "LegalHold" h ON h."userId" = $1::int4 AND h."id" = k.hold
     WHERE i.kind <> 'product' OR i."id" IN (SELECT n.id FROM near n)
        OR EXISTS (SELECT FROM "LegalHold" t WHERE t."userId" = $1::int4 AND t."kind" = 'tenant' AND t."releasedAt" IS NULL))
SELECT (SELECT count(*)::int4 FROM chosen) AS "chosen", (SELECT count(*)::int4 FROM item) AS "items",
       ARRAY(SELECT ROW(k.kind, k.rows) FROM kinds k ORDER BY k.kind) AS "kinds",
       (SELECT count(*)::int4 FROM item i WHERE i.kind = 'product' AND i.parent IS NOT NULL) AS "variants",
       (SELECT count(*) FROM "ProductAttribute" v WHERE v."productId" IN (SELECT i."id" FROM item i WHERE i.kind = 'product')
            OR v."attributeId" IN (SELECT i."id" FROM item i WHERE i.kind = 'attribute')) AS "values",
       (SELECT count(*) FROM "ProductAsset" l WHERE l."productId" IN (SELECT i."id" FROM item i WHERE i.kind = 'product')
            OR l."assetId" IN (SELECT i."id" FROM item i WHERE i.kind = 'asset')) AS "links",
       (SELECT count(*) FROM item i WHERE i.kind = 'asset') AS "files",
       (SELECT coalesce(sum(a."size"), 0)::int8 FROM "Asset" a
         WHERE a."userId" = $1::int4 AND a."id" IN (SELECT i."id" FROM item i WHERE i.kind = 'asset')) AS "bytes",
       ARRAY(SELECT ROW(h.kind, h."id", h.name, h.hold, h."reason", h."placedBy") FROM held h ORDER BY h.kind, h."id" LIMIT 100) AS "held"
