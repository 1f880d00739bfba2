-- Changes the living product $3 of tenant $1, for $2; or nothing, and the reasons. $4 names the fields that are
-- given: product columns, and attributes, attributesWithValues, familyAttributesWithValues, assets, parentSku; or
-- values: then attributesWithValues are for those of the family too.
-- $5 name, $6 SKU, $7 link, $8 image, $9 thumbnail, $10 more images, $11 their thumbnails, $12 category, $13 attribute
-- group, $14 family, $15 parent by id, $16 parent by SKU, $17 attributes without a value, $18/$19 attributes and their
-- values, $20/$21 the same for attributes of the family, $22 assets, $23 request id,
-- $24 the version that it must have (NULL: any).
WITH product AS MATERIALIZED (
    SELECT "id", "familyId", "parentProductId" FROM live."Product"
     WHERE "userId" = $1::int4 AND "id" = $3::int4 AND ($24::int4 IS NULL OR "version" = $24::int4) FOR UPDATE),
parent AS MATERIALIZED (
    SELECT "id", "familyId", "parentProductId" IS NOT NULL AND "detachedBy" IS NULL AS is_variant
      FROM live."Product"
     WHERE "userId" = $1::int4 AND "id" <> $3::int4
       AND (('parentProductId' = ANY ($4::text[]) AND "id" = $15::int4)
            OR ('parentSku' = ANY ($4::text[]) AND "sku" = $16::text)) FOR SHARE),
category AS MATERIALIZED (
    SELECT "id" FROM live."Category" WHERE "userId" = $1::int4 AND "id" = $12::int4 FOR SHARE),
attribute_group AS MATERIALIZED (
    SELECT "id" FROM live."AttributeGroup" WHERE "userId" = $1::int4 AND "id" = $13::int4 FOR SHARE),
-- The family that it is to have: the parent's, the given one, or the one it has.
wanted AS (
    SELECT coalesce((SELECT "familyId" FROM parent),
                    CASE WHEN 'familyId' = ANY ($4::text[]) THEN $14::int4 ELSE p."familyId" END) AS "familyId"
      FROM product p),
family AS MATERIALIZED (
    SELECT "id" FROM live."Family" WHERE "userId" = $1::int4 AND "id" = (SELECT "familyId" FROM wanted) FOR SHARE),
attribute AS MATERIALIZED (
    SELECT "id", "name", "type", "options" FROM live."Attribute"
     WHERE "userId" = $1::int4 AND "id" = ANY ($17::int4[] || $18::int4[] || $20::int4[]) FOR SHARE),
asset AS MATERIALIZED (
    SELECT "id" FROM live."Asset" WHERE "userId" = $1::int4 AND "id" = ANY ($22::int4[]) FOR SHARE),
member AS (
    SELECT "id", "attributeId" FROM "FamilyAttribute" WHERE "familyId" = (SELECT "familyId" FROM wanted)),
-- The values in the form in which they are stored, or what is wrong with them.
checked AS MATERIALIZED (
    SELECT t.rank, t."attributeId", c.canonical AS "value", a."name" || ' ' || c.trouble AS trouble
      FROM (SELECT 1 AS rank, f.id AS "attributeId", f.given FROM unnest($20::int4[], $21::text[]) AS f (id, given)
            UNION ALL
            SELECT 2, f.id, f.given FROM unnest($18::int4[], $19::text[]) AS f (id, given)) t
      JOIN attribute a ON a."id" = t."attributeId"
     CROSS JOIN LATERAL attribute_value(a."type", a."options", t.given) c),
checks AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM product) AS "found",
           coalesce(CASE WHEN 'parentProductId' = ANY ($4::text[]) THEN $15::int4::text END,
                    CASE WHEN 'parentSku' = ANY ($4::text[]) THEN $16::text END) IS NULL
               OR EXISTS (SELECT FROM parent) AS "parentFound",
           coalesce((SELECT is_variant FROM parent), false) AS "parentIsVariant",
           $12::int4 IS NULL OR EXISTS (SELECT FROM category) AS "categoryFound",
           $13::int4 IS NULL OR EXISTS (SELECT FROM attribute_group) AS "attributeGroupFound",
           NOT 'familyId' = ANY ($4::text[]) OR $14::int4 IS NULL OR (SELECT "familyId" FROM parent) IS NOT NULL
               OR EXISTS (SELECT FROM family) AS "familyFound",
           (SELECT "familyId" FROM wanted) IS NOT NULL AS "hasFamily",
           ARRAY(SELECT DISTINCT t.i FROM unnest($17::int4[] || $18::int4[] || $20::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM attribute) ORDER BY 1) AS "unknownAttributes",
           ARRAY(SELECT DISTINCT t.i FROM unnest($20::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "attributeId" FROM member) ORDER BY 1) AS "notInFamily",
           ARRAY(SELECT a."name" FROM attribute a
                  WHERE a."id" = ANY ($17::int4[] || $18::int4[]) AND NOT 'values' = ANY ($4::text[])
                    AND a."id" IN (SELECT "attributeId" FROM member) ORDER BY a."id") AS "alreadyInFamily",
           ARRAY(SELECT DISTINCT t.i FROM unnest($22::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM asset) ORDER BY 1) AS "unknownAssets",
           ARRAY(SELECT c.trouble FROM checked c WHERE c.trouble IS NOT NULL ORDER BY c.rank, c."attributeId") AS "valueTroubles",
           -- Values of the family that it had which are not of the one that it is to have: they stay, as custom ones.
           ARRAY(SELECT ROW(a."id", a."name")
                   FROM product p JOIN "FamilyAttribute" f ON f."familyId" = p."familyId"
                   JOIN "ProductAttribute" v ON v."productId" = p."id" AND v."attributeId" = f."attributeId"
                   JOIN live."Attribute" a ON a."id" = v."attributeId"
                  WHERE p."familyId" IS DISTINCT FROM (SELECT "familyId" FROM wanted)
                    AND v."attributeId" NOT IN (SELECT "attributeId" FROM member)
                  ORDER BY a."id") AS "outsideFamily"),
passed AS MATERIALIZED (
    SELECT 1 FROM checks c
     WHERE c."found" AND c."parentFound" AND NOT c."parentIsVariant" AND c."categoryFound"
       AND c."attributeGroupFound" AND c."familyFound" AND cardinality(c."unknownAttributes") = 0
       AND cardinality(c."notInFamily") = 0 AND cardinality(c."unknownAssets") = 0
       AND cardinality(c."valueTroubles") = 0),
given AS (
    SELECT c."attributeId", c."value", c.rank FROM checked c
     WHERE c.rank = 1 OR 'values' = ANY ($4::text[]) OR c."attributeId" NOT IN (SELECT "attributeId" FROM member)
    UNION ALL
    SELECT t."attributeId", v."value", 3
      FROM unnest($17::int4[]) AS t ("attributeId")
      LEFT JOIN "ProductAttribute" v ON v."productId" = $3::int4 AND v."attributeId" = t."attributeId"
     WHERE t."attributeId" NOT IN (SELECT "attributeId" FROM member)),
merged AS (
    SELECT DISTINCT ON ("attributeId") "attributeId", "value" FROM given ORDER BY "attributeId", rank),
dropped AS (
    DELETE FROM "ProductAttribute" v
     USING passed
     WHERE v."productId" = $3::int4 AND v."attributeId" NOT IN (SELECT "attributeId" FROM merged)
       AND CASE WHEN v."attributeId" IN (SELECT "attributeId" FROM member)
                THEN 'familyAttributesWithValues' = ANY ($4::text[]) AND cardinality($20::int4[]) = 0
                ELSE 'attributes' = ANY ($4::text[]) END
    RETURNING v."attributeId"),
written AS (
    INSERT INTO "ProductAttribute" ("productId", "attributeId", "value", "familyAttributeId")
    SELECT $3::int4, m."attributeId", m."value", f."id"
      FROM passed, merged m LEFT JOIN member f ON f."attributeId" = m."attributeId"
     ORDER BY m."attributeId"
    ON CONFLICT ("productId", "attributeId") DO UPDATE
       SET "value" = excluded."value", "familyAttributeId" = excluded."familyAttributeId",
           "inherited" = "ProductAttribute"."inherited" AND excluded."attributeId" NOT IN (SELECT "attributeId" FROM checked)),
linked AS (
    UPDATE "ProductAttribute" v SET "familyAttributeId" = (SELECT f."id" FROM member f WHERE f."attributeId" = v."attributeId")
      FROM passed
     WHERE v."productId" = $3::int4 AND v."attributeId" NOT IN (SELECT "attributeId" FROM merged)
       AND v."attributeId" NOT IN (SELECT "attributeId" FROM dropped)
       AND v."familyAttributeId" IS DISTINCT FROM (SELECT f."id" FROM member f WHERE f."attributeId" = v."attributeId")),
assets_dropped AS (
    DELETE FROM "ProductAsset" l USING passed
     WHERE 'assets' = ANY ($4::text[]) AND l."productId" = $3::int4 AND l."assetId" <> ALL ($22::int4[])
       AND l."assetId" IN (SELECT "id" FROM live."Asset")),
assets_linked AS (
    INSERT INTO "ProductAsset" ("productId", "assetId")
    SELECT $3::int4, a."id" FROM passed, asset a ORDER BY array_position($22::int4[], a."id")
    ON CONFLICT ("productId", "assetId") DO UPDATE SET "id" = excluded."id"),  -- ids are the order
variants AS (
    UPDATE live."Product" v SET "familyId" = w."familyId", "updatedAt" = now() AT TIME ZONE 'UTC', "version" = "version" + 1
      FROM passed, wanted w, product p
     WHERE v."userId" = $1::int4 AND v."parentProductId" = $3::int4 AND w."familyId" IS NOT NULL
       AND w."familyId" IS DISTINCT FROM p."familyId" AND v."familyId" IS DISTINCT FROM w."familyId"),
changed AS (
    UPDATE live."Product" p
       SET "name" = coalesce($5::text, p."name"), "sku" = coalesce($6::text, p."sku"),
           "productLink" = CASE WHEN 'productLink' = ANY ($4::text[]) THEN $7::text ELSE p."productLink" END,
           "imageUrl" = CASE WHEN 'imageUrl' = ANY ($4::text[]) THEN $8::text ELSE p."imageUrl" END,
           "thumbnailUrl" = CASE WHEN 'thumbnailUrl' = ANY ($4::text[]) THEN $9::text ELSE p."thumbnailUrl" END,
           "subImages" = CASE WHEN 'subImages' = ANY ($4::text[]) THEN $10::text[] ELSE p."subImages" END,
           "thumbnailSubImages" = CASE WHEN 'thumbnailSubImages' = ANY ($4::text[]) THEN $11::text[]
                                       ELSE p."thumbnailSubImages" END,
           "categoryId" = CASE WHEN 'categoryId' = ANY ($4::text[]) THEN $12::int4 ELSE p."categoryId" END,
           "attributeGroupId" = CASE WHEN 'attributeGroupId' = ANY ($4::text[]) THEN $13::int4
                                     ELSE p."attributeGroupId" END,
           "familyId" = (SELECT "familyId" FROM wanted),
           "parentProductId" = CASE WHEN $4::text[] && ARRAY['parentProductId', 'parentSku']
                                    THEN (SELECT "id" FROM parent) ELSE p."parentProductId" END,
           "detachedBy" = CASE WHEN $4::text[] && ARRAY['parentProductId', 'parentSku'] THEN NULL
                               ELSE p."detachedBy" END,
           "updatedAt" = now() AT TIME ZONE 'UTC', "version" = p."version" + 1
      FROM passed
     WHERE p."userId" = $1::int4 AND p."id" = $3::int4
    RETURNING p."id", p."name", p."sku"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'product.update', 'product', "id", $23::text,
           jsonb_build_object('name', "name", 'sku', "sku", 'fields', $4::text[])
      FROM changed)
SELECT (SELECT "id" FROM changed) AS "id", c."found", c."parentFound", c."parentIsVariant", c."categoryFound",
       c."attributeGroupFound", c."familyFound", c."hasFamily", c."unknownAttributes", c."notInFamily",
       c."alreadyInFamily", c."unknownAssets", c."valueTroubles", c."outsideFamily"
  FROM checks c
