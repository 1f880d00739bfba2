-- What the products that come back are incomplete for: attributes that their family requires, and that have no value. The first 100.
-- A family may come back with them. (OFFSET 0, and the SELECTs in place of joins: each is found by what it belongs to; see restore_items.sql.)
missing_value AS MATERIALIZED (
    SELECT a."id", a."name", b."id" AS of_id
      FROM (SELECT b."id" FROM back b WHERE b.kind = 'product' ORDER BY b."id") b,
           LATERAL (SELECT p."familyId" FROM "Product" p
                     WHERE p."id" = b."id" AND CASE WHEN p."userId" = $1::int4 THEN p."status" <> 'complete' END OFFSET 0) p,
           LATERAL (SELECT f."attributeId" FROM "FamilyAttribute" f WHERE f."familyId" = p."familyId" AND f."isRequired" OFFSET 0) f,
           LATERAL (SELECT a."id", a."name" FROM live."Attribute" a WHERE a."id" = f."attributeId" OFFSET 0) a
     WHERE (SELECT NOT w."isDeleted" OR ('family', w."id") IN (SELECT o.kind, o."id" FROM back o) FROM "Family" w WHERE w."id" = p."familyId")
       AND coalesce((SELECT v."value" FROM "ProductAttribute" v WHERE v."productId" = b."id" AND v."attributeId" = a."id"), '') = ''
     ORDER BY b."id", a."id" LIMIT 100)
