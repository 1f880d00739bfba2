-- A page of the whole trash of tenant $1, of the kinds $2, last deleted first: $11 rows after the one that was deleted at $8, of
-- the kind with the number $9, with the id $10 (NULL: from the start). Of the deletion $3, with a name or SKU like $4,
-- deleted by $5, at $6 or later, before $7 (NULL: any). $12 the retention in days. Each kind's rows come from its own
-- index, as many as the page has at most, so a page costs the same wherever it is.
WITH page AS MATERIALIZED (
    SELECT x.rank, x.kind, x."id", x.name, x.sku, x.parent, x."deletedAt", x."deletionId" FROM (
    (SELECT 1 AS rank, 'product'::text AS kind, t."id", t."name" AS name, t."sku" AS sku, t."parentProductId" AS parent, t."deletedAt", t."deletionId"
       FROM "Product" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'product' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."name" ILIKE $4::text OR t."sku" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 1 THEN $10::int4 WHEN $9::int4 < 1 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4) UNION ALL (SELECT 2 AS rank, 'asset'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, t."assetGroupId" AS parent, t."deletedAt", t."deletionId"
       FROM "Asset" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'asset' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 2 THEN $10::int4 WHEN $9::int4 < 2 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4) UNION ALL (SELECT 3 AS rank, 'assetGroup'::text AS kind, t."id", t."groupName" AS name, NULL::text AS sku, t."parentGroupId" AS parent, t."deletedAt", t."deletionId"
       FROM "AssetGroup" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'assetGroup' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."groupName" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 3 THEN $10::int4 WHEN $9::int4 < 3 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4) UNION ALL (SELECT 4 AS rank, 'category'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, t."parentCategoryId" AS parent, t."deletedAt", t."deletionId"
       FROM "Category" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'category' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 4 THEN $10::int4 WHEN $9::int4 < 4 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4) UNION ALL (SELECT 5 AS rank, 'family'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, NULL::int4 AS parent, t."deletedAt", t."deletionId"
       FROM "Family" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'family' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 5 THEN $10::int4 WHEN $9::int4 < 5 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4) UNION ALL (SELECT 6 AS rank, 'attribute'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, NULL::int4 AS parent, t."deletedAt", t."deletionId"
       FROM "Attribute" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'attribute' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 6 THEN $10::int4 WHEN $9::int4 < 6 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4) UNION ALL (SELECT 7 AS rank, 'attributeGroup'::text AS kind, t."id", t."name" AS name, NULL::text AS sku, NULL::int4 AS parent, t."deletedAt", t."deletionId"
       FROM "AttributeGroup" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE 'attributeGroup' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = 7 THEN $10::int4 WHEN $9::int4 < 7 THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4)) x
     ORDER BY x."deletedAt" DESC, x.rank, x."id" DESC LIMIT $11::int4)
SELECT p.kind, p."id", p.name, p.sku, p.parent AS "parentId", p."deletedAt", p."deletionId", d."actorId" AS "deletedBy", d."reason",
       g.at AS "purgeAt", greatest(0, ceil(extract(epoch FROM g.at - now() AT TIME ZONE 'UTC') / 86400))::int4 AS "daysLeft",
       trash_hold_on($1::int4, p.kind, p."id") AS "holdId", p.rank
  FROM page p LEFT JOIN "Deletion" d ON d."id" = p."deletionId",
       LATERAL (SELECT coalesce(d."purgeAfter", p."deletedAt" + make_interval(days => trash_retention($1::int4, $12::int4))) AS at) g
 ORDER BY p."deletedAt" DESC, p.rank, p."id" DESC
