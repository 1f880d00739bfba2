-- A new product of tenant $1, made by $2, with its attribute values and its audit event; or nothing, and the
-- reasons. What a variant does not set it inherits from its parent (a trigger sees to that). Everything that it refers to is held (FOR SHARE) so that it can't go to the trash meanwhile.
-- $3 name, $4 SKU, $5 link, $6 image, $7 thumbnail, $8 more images, $9 their thumbnails, $10 category, $11 attribute
-- group, $12 family, $13 SKU of the parent, $14 attributes without a value, $15/$16 attributes and their values,
-- $17/$18 the same for attributes of the family, $19 request id, $20 assets, $21 the parent by its id: then its
-- category too, where none is given.
WITH parent AS MATERIALIZED (
    SELECT "id", "familyId", "categoryId", "parentProductId" IS NOT NULL AND "detachedBy" IS NULL AS is_variant
      FROM live."Product" WHERE "userId" = $1::int4 AND ("sku" = $13::text OR "id" = $21::int4) FOR SHARE),
category AS MATERIALIZED (
    SELECT "id" FROM live."Category"
     WHERE "userId" = $1::int4
       AND "id" = coalesce($10::int4, CASE WHEN $21::int4 IS NOT NULL THEN (SELECT "categoryId" FROM parent) END) FOR SHARE),
attribute_group AS MATERIALIZED (
    SELECT "id" FROM live."AttributeGroup" WHERE "userId" = $1::int4 AND "id" = $11::int4 FOR SHARE),
family AS MATERIALIZED (
    SELECT "id" FROM live."Family"
     WHERE "userId" = $1::int4 AND "id" = coalesce((SELECT "familyId" FROM parent), $12::int4) FOR SHARE),
attribute AS MATERIALIZED (
    SELECT "id", "name", "type", "options" FROM live."Attribute"
     WHERE "userId" = $1::int4 AND "id" = ANY ($14::int4[] || $15::int4[] || $17::int4[]) FOR SHARE),
asset AS MATERIALIZED (
    SELECT "id" FROM live."Asset" WHERE "userId" = $1::int4 AND "id" = ANY ($20::int4[]) FOR SHARE),
member AS (
    SELECT "id", "attributeId" FROM "FamilyAttribute" WHERE "familyId" = (SELECT "id" FROM family)),
-- The values in the form in which they are stored, or what is wrong with them.
checked AS MATERIALIZED (
    SELECT t.rank, t."attributeId", c.canonical AS "value", a."name" || ' ' || c.trouble AS trouble
      FROM (SELECT 1 AS rank, f.id AS "attributeId", f.given FROM unnest($17::int4[], $18::text[]) AS f (id, given)
            UNION ALL
            SELECT 2, f.id, f.given FROM unnest($15::int4[], $16::text[]) AS f (id, given)) t
      JOIN attribute a ON a."id" = t."attributeId"
     CROSS JOIN LATERAL attribute_value(a."type", a."options", t.given) c),
given AS (
    SELECT c."attributeId", c."value", c.rank FROM checked c
     WHERE c.rank = 1 OR c."attributeId" NOT IN (SELECT "attributeId" FROM member)
    UNION ALL
    SELECT t."attributeId", NULL, 3 FROM unnest($14::int4[]) AS t ("attributeId")
     WHERE t."attributeId" NOT IN (SELECT "attributeId" FROM member)),
merged AS (
    SELECT "attributeId", (array_agg("value" ORDER BY "value" IS NULL, rank))[1] AS "value" FROM given GROUP BY 1),
checks AS MATERIALIZED (
    SELECT ($13::text IS NULL AND $21::int4 IS NULL) OR EXISTS (SELECT FROM parent) AS "parentFound",
           coalesce((SELECT is_variant FROM parent), false) AS "parentIsVariant",
           $10::int4 IS NULL OR EXISTS (SELECT FROM category) AS "categoryFound",
           $11::int4 IS NULL OR EXISTS (SELECT FROM attribute_group) AS "attributeGroupFound",
           $12::int4 IS NULL OR (SELECT "familyId" FROM parent) IS NOT NULL OR EXISTS (SELECT FROM family) AS "familyFound",
           EXISTS (SELECT FROM family) AS "hasFamily",
           $21::int4 IS NULL OR $12::int4 IS NULL
               OR coalesce((SELECT "familyId" FROM parent), $12::int4) = $12::int4 AS "familyIsParents",
           ARRAY(SELECT DISTINCT t.i FROM unnest($14::int4[] || $15::int4[] || $17::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM attribute) ORDER BY 1) AS "unknownAttributes",
           ARRAY(SELECT DISTINCT t.i FROM unnest($17::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "attributeId" FROM member) ORDER BY 1) AS "notInFamily",
           ARRAY(SELECT a."name" FROM attribute a
                  WHERE a."id" = ANY ($14::int4[] || $15::int4[])
                    AND a."id" IN (SELECT "attributeId" FROM member) ORDER BY a."id") AS "alreadyInFamily",
           ARRAY(SELECT DISTINCT t.i FROM unnest($20::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM asset) ORDER BY 1) AS "unknownAssets",
           ARRAY(SELECT c.trouble FROM checked c WHERE c.trouble IS NOT NULL ORDER BY c.rank, c."attributeId") AS "valueTroubles"),
product AS (
    INSERT INTO live."Product" ("name", "sku", "productLink", "imageUrl", "thumbnailUrl", "subImages",
                                "thumbnailSubImages", "categoryId", "attributeGroupId", "familyId", "parentProductId",
                                "userId", "status", "createdAt", "updatedAt")
    SELECT $3::text, $4::text, $5::text, $6::text, $7::text, $8::text[], $9::text[],
           (SELECT "id" FROM category), $11::int4, (SELECT "id" FROM family), (SELECT "id" FROM parent), $1::int4, 'incomplete', t.now, t.now
      FROM checks c, (SELECT now() AT TIME ZONE 'UTC' AS now) t
     WHERE c."parentFound" AND NOT c."parentIsVariant" AND c."categoryFound" AND c."attributeGroupFound"
       AND c."familyFound" AND c."familyIsParents" AND cardinality(c."unknownAttributes") = 0 AND cardinality(c."notInFamily") = 0
       AND cardinality(c."unknownAssets") = 0 AND cardinality(c."valueTroubles") = 0
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
       c."attributeGroupFound", c."familyFound", c."hasFamily", c."familyIsParents", c."unknownAttributes", c."notInFamily",
       c."alreadyInFamily", c."unknownAssets", c."valueTroubles"
  FROM checks c
