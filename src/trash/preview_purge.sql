-- What would go if what is chosen were deleted for good. Always one row.
WITH RECURSIVE
/* chosen.part.sql */
/* wanted.part.sql */
/* seen.part.sql */
kinds AS (SELECT i.kind, count(*)::int4 AS rows FROM item i GROUP BY i.kind),
-- By itself, and so once for each kind: in a join with the rows it may be asked for each of them, and each time of all.
kept AS MATERIALIZED (
    SELECT k.kind, h.item, h.hold
      FROM (SELECT i.kind, array_agg(i."id") AS ids FROM item i GROUP BY i.kind) k,
           LATERAL (SELECT h.item, h.hold FROM trash_holds_on($1::int4, k.kind, k.ids) h ORDER BY h.item LIMIT 100) h),
held AS MATERIALIZED (
    SELECT i.kind, i."id", i.name, h."id" AS hold, h."reason", h."placedBy"
      FROM kept k JOIN item i ON i.kind = k.kind AND i."id" = k.item
      JOIN "LegalHold" h ON h."userId" = $1::int4 AND h."id" = k.hold)
SELECT (SELECT count(*)::int4 FROM chosen) AS "chosen", (SELECT count(*)::int4 FROM item) AS "items",
       ARRAY(SELECT ROW(k.kind, k.rows) FROM kinds k ORDER BY k.kind) AS "kinds",
       (SELECT count(*)::int4 FROM item i WHERE i.kind = 'product' AND i.parent IS NOT NULL) AS "variants",
       (SELECT count(*) FROM (
            SELECT v."id" FROM item i JOIN "ProductAttribute" v ON v."productId" = i."id" WHERE i.kind = 'product'
            UNION SELECT v."id" FROM item i JOIN "ProductAttribute" v ON v."attributeId" = i."id" WHERE i.kind = 'attribute') n) AS "values",
       (SELECT count(*) FROM (
            SELECT l."id" FROM item i JOIN "ProductAsset" l ON l."productId" = i."id" WHERE i.kind = 'product'
            UNION SELECT l."id" FROM item i JOIN "ProductAsset" l ON l."assetId" = i."id" WHERE i.kind = 'asset') n) AS "links",
       (SELECT count(*) FROM item i WHERE i.kind = 'asset') AS "files",
       (SELECT coalesce(sum(a."size"), 0)::int8 FROM "Asset" a
         WHERE CASE WHEN a."userId" = $1::int4 THEN a."isDeleted" END AND a."id" IN (SELECT i."id" FROM item i WHERE i.kind = 'asset')) AS "bytes",
       ARRAY(SELECT ROW(h.kind, h."id", h.name, h.hold, h."reason", h."placedBy") FROM held h ORDER BY h.kind, h."id" LIMIT 100) AS "held"
