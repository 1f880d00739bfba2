-- A new product of tenant $1, made by $2, with its attribute values and its audit event; or nothing, and the
-- reasons. Everything that it refers to is held (FOR SHARE) so that it can't go to the trash meanwhile.
-- $3 name, $4 SKU, $5 link, $6 image, $7 thumbnail, $8 more images, $9 their thumbnails, $10 category, $11 attribute
-- group, $12 family, $13 SKU of the parent, $14 attributes without a value, $15/$16 attributes and their values,
-- $17/$18 the same for attributes of the family, $19 request id, $20 assets.
WITH parent AS MATERIALIZED (
    SELECT "id", "familyId", "parentProductId" IS NOT NULL AND "detachedBy" IS NULL AS is_variant
      FROM live."Product" WHERE "userId" = $1::int4 AND "sku" = $13::text FOR SHARE),
category AS MATERIALIZED (
    SELECT "id" FROM live."Category" WHERE "userId" = $1::int4 AND "id" = $10::int4 FOR SHARE),
attribute_group AS MATERIALIZED (
    SELECT "id" FROM live."AttributeGroup" WHERE "userId" = $1::int4 AND "id" = $11::int4 FOR SHARE),
family AS MATERIALIZED (
    SELECT "id" FROM live."Family"
     WHERE "userId" = $1::int4 AND "id" = coalesce((SELECT "familyId" FROM parent), $12::int4) FOR SHARE),
attribute AS MATERIALIZED (
    SELECT "id", "name" FROM live."Attribute"
     WHERE "userId" = $1::int4 AND "id" = ANY ($14::int4[] || $15::int4[] || $17::int4[]) FOR SHARE),
asset AS MATERIALIZED (
    SELECT "id" FROM live."Asset" WHERE "userId" = $1::int4 AND "id" = ANY ($20::int4[]) FOR SHARE),
member AS (
    SELECT "id", "attributeId" FROM "FamilyAttribute" WHERE "familyId" = (SELECT "id" FROM family)),
given AS (
    SELECT t."attributeId", nullif(t."value", '') AS "value", 1 AS rank
      FROM unnest($17::int4[], $18::text[]) AS t ("attributeId", "value")
    UNION ALL
    SELECT t."attributeId", nullif(t."value", ''), 2
      FROM unnest($15::int4[], $16::text[]) AS t ("attributeId", "value")
     WHERE t."attributeId" NOT IN (SELECT "attributeId" FROM member)
    UNION ALL
    SELECT t."attributeId", NULL, 3 FROM unnest($14::int4[]) AS t ("attributeId")
     WHERE t."attributeId" NOT IN (SELECT "attributeId" FROM member)
    UNION ALL
    SELECT v."attributeId", v."value", 4 FROM "ProductAttribute" v WHERE v."productId" = (SELECT "id" FROM parent)),
merged AS (
    SELECT "attributeId", (array_agg("value" ORDER BY "value" IS NULL, rank))[1] AS "value" FROM given GROUP BY 1),
checks AS MATERIALIZED (
    SELECT $13::text IS NULL OR EXISTS (SELECT FROM parent) AS "parentFound",
           coalesce((SELECT is_variant FROM parent), false) AS "parentIsVariant",
           $10::int4 IS NULL OR EXISTS (SELECT FROM category) AS "categoryFound",
           $11::int4 IS NULL OR EXISTS (SELECT FROM attribute_group) AS "attributeGroupFound",
           $12::int4 IS NULL OR (SELECT "familyId" FROM parent) IS NOT NULL OR EXISTS (SELECT FROM family) AS "familyFound",
           EXISTS (SELECT FROM family) AS "hasFamily",
           ARRAY(SELECT DISTINCT t.i FROM unnest($14::int4[] || $15::int4[] || $17::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM attribute) ORDER BY 1) AS "unknownAttributes",
           ARRAY(SELECT DISTINCT t.i FROM unnest($17::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "attributeId" FROM member) ORDER BY 1) AS "outsideFamily",
           ARRAY(SELECT a."name" FROM attribute a
                  WHERE a."id" = ANY ($14::int4[] || $15::int4[])
                    AND a."id" IN (SELECT "attributeId" FROM member) ORDER BY a."id") AS "alreadyInFamily",
           ARRAY(SELECT DISTINCT t.i FROM unnest($20::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM asset) ORDER BY 1) AS "unknownAssets"),
product AS (
    INSERT INTO live."Product" ("name", "sku", "productLink", "imageUrl", "thumbnailUrl", "subImages",
                                "thumbnailSubImages", "categoryId", "attributeGroupId", "familyId", "parentProductId",
                                "userId", "status", "createdAt", "updatedAt")
    SELECT $3::text, $4::text, $5::text, $6::text, $7::text, $8::text[], $9::text[], $10::int4, $11::int4,
           (SELECT "id" FROM family), (SELECT "id" FROM parent), $1::int4, 'incomplete', t.now, t.now
      FROM checks c, (SELECT now() AT TIME ZONE 'UTC' AS now) t
     WHERE c."parentFound" AND NOT c."parentIsVariant" AND c."categoryFound" AND c."attributeGroupFound"
       AND c."familyFound" AND cardinality(c."unknownAttributes") = 0 AND cardinality(c."outsideFamily") = 0
       AND cardinality(c."unknownAssets") = 0
    RETURNING "id"),
attribute_values AS (
    INSERT INTO "ProductAttribute" ("productId", "attributeId", "value", "familyAttributeId")
    SELECT p."id", m."attributeId", m."value", f."id"
      FROM product p, merged m LEFT JOIN member f ON f."attributeId" = m."attributeId"
     ORDER BY m."attributeId"),
assets_linked AS (
    INSERT INTO "ProductAsset" ("productId", "assetId")
    SELECT p."id", a."id" FROM product p, asset a ORDER BY array_position($20::int4[], a."id")),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'product.create', 'product', "id", $19::text,
           jsonb_build_object('name', $3::text, 'sku', $4::text) FROM product)
SELECT (SELECT "id" FROM product) AS "id", c."parentFound", c."parentIsVariant", c."categoryFound",
       c."attributeGroupFound", c."familyFound", c."hasFamily", c."unknownAttributes", c."outsideFamily",
       c."alreadyInFamily", c."unknownAssets"
  FROM checks c
