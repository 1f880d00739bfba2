-- New variants of the product $3 of tenant $1, for $2: one for each combination of values that none of its variants has.
-- A combination is a number ($4) with, for each axis in its order, an attribute ($5) and a value ($6). SKUs and names are
-- those of the parent, followed by the values. $7 request id, $8 and $9 how long a SKU and a name may be. Nothing is
-- written where anything is wrong, and what that is comes back.
WITH parent AS MATERIALIZED (
    SELECT "id", "name", "sku", "familyId", "categoryId", "attributeGroupId",
           "parentProductId" IS NOT NULL AND "detachedBy" IS NULL AS is_variant
      FROM live."Product" WHERE "userId" = $1::int4 AND "id" = $3::int4 FOR UPDATE),
category AS MATERIALIZED (
    SELECT "id" FROM live."Category" WHERE "userId" = $1::int4 AND "id" = (SELECT "categoryId" FROM parent) FOR SHARE),
attribute_group AS MATERIALIZED (
    SELECT "id" FROM live."AttributeGroup"
     WHERE "userId" = $1::int4 AND "id" = (SELECT "attributeGroupId" FROM parent) FOR SHARE),
family AS MATERIALIZED (
    SELECT "id" FROM live."Family" WHERE "userId" = $1::int4 AND "id" = (SELECT "familyId" FROM parent) FOR SHARE),
attribute AS MATERIALIZED (
    SELECT "id", "name", "type", "options" FROM live."Attribute"
     WHERE "userId" = $1::int4 AND "id" = ANY ($5::int4[]) FOR SHARE),
cell AS MATERIALIZED (
    SELECT t.place, t.combination, t.attribute, c.canonical AS value, a."name" || ' ' || c.trouble AS trouble
      FROM unnest($4::int4[], $5::int4[], $6::text[]) WITH ORDINALITY AS t (combination, attribute, given, place)
      JOIN attribute a ON a."id" = t.attribute
     CROSS JOIN LATERAL attribute_value(a."type", a."options", t.given) c),
-- Two ways to write one value are one combination.
combination AS MATERIALIZED (
    SELECT DISTINCT ON (w.key) w.number, w.key, p."name" || ' ' || w.words AS name, p."sku" || w.suffix AS sku
      FROM (SELECT c.combination AS number, jsonb_object_agg(c.attribute, c.value) AS key,
                   string_agg(c.value, ' ' ORDER BY c.place) AS words,
                   string_agg('-' || upper(trim('-' FROM regexp_replace(c.value, '[^[:alnum:].]+', '-', 'g'))), '' ORDER BY c.place) AS suffix
              FROM cell c WHERE c.value IS NOT NULL GROUP BY 1) w, parent p
     ORDER BY w.key, w.number),
existing AS (
    SELECT jsonb_object_agg(v."attributeId", v."value") AS key
      FROM live."Product" o JOIN "ProductAttribute" v ON v."productId" = o."id"
     WHERE o."userId" = $1::int4 AND o."parentProductId" = $3::int4 AND v."attributeId" = ANY ($5::int4[]) AND v."value" <> ''
     GROUP BY o."id"),
wanted AS MATERIALIZED (
    SELECT c.number, c.name, c.sku FROM combination c WHERE c.key NOT IN (SELECT e.key FROM existing e)),
checks AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM parent) AS "parentFound", coalesce((SELECT p.is_variant FROM parent p), false) AS "parentIsVariant",
           ARRAY(SELECT DISTINCT t.i FROM unnest($5::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT "id" FROM attribute) ORDER BY 1) AS "unknownAttributes",
           ARRAY(SELECT DISTINCT c.trouble FROM cell c WHERE c.trouble IS NOT NULL ORDER BY 1) AS "valueTroubles",
           ARRAY(SELECT w.sku FROM wanted w WHERE length(w.sku) > $8::int4 OR length(w.name) > $9::int4 ORDER BY w.number) AS "tooLong",
           (SELECT count(*)::int4 FROM combination) - (SELECT count(*)::int4 FROM wanted) AS "skipped"),
product AS (
    INSERT INTO live."Product" ("name", "sku", "subImages", "thumbnailSubImages", "categoryId", "attributeGroupId", "familyId",
                                "parentProductId", "userId", "status", "createdAt", "updatedAt")
    SELECT w.name, w.sku, '{}', '{}', (SELECT "id" FROM category), (SELECT "id" FROM attribute_group), (SELECT "id" FROM family),
           (SELECT p."id" FROM parent p), $1::int4, 'incomplete', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM wanted w, checks c
     WHERE c."parentFound" AND NOT c."parentIsVariant" AND cardinality(c."unknownAttributes") = 0
       AND cardinality(c."valueTroubles") = 0 AND cardinality(c."tooLong") = 0
     ORDER BY w.number
    RETURNING "id", "name", "sku"),
attribute_values AS (
    INSERT INTO "ProductAttribute" ("productId", "attributeId", "value", "familyAttributeId")
    SELECT p."id", c.attribute, c.value,
           (SELECT f."id" FROM "FamilyAttribute" f WHERE f."familyId" = (SELECT "id" FROM family) AND f."attributeId" = c.attribute)
      FROM product p JOIN wanted w ON w.sku = p."sku" JOIN cell c ON c.combination = w.number
     ORDER BY p."id", c.place),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'product.bulk_create', 'product', NULL::int4, $7::text,
           jsonb_build_object('count', count(*), 'parentProductId', $3::int4) FROM product HAVING count(*) > 0
    UNION ALL
    SELECT $1::int4, $2::int4, 'product.create_in_bulk', 'product', p."id", $7::text,
           jsonb_build_object('name', p."name", 'sku', p."sku", 'parentProductId', $3::int4) FROM product p)
SELECT c."parentFound", c."parentIsVariant", c."unknownAttributes", c."valueTroubles", c."tooLong", c."skipped",
       ARRAY(SELECT ROW(p."id", p."name", p."sku") FROM product p ORDER BY p."id") AS "created"
  FROM checks c
