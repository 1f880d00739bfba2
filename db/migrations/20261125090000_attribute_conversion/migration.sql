-- An attribute whose type or options change: what its values become, and which of them do not fit.

-- A group's attributes were found by reading all groups of all tenants.
CREATE INDEX "idx_attribute_group_attribute_group" ON "AttributeGroupAttribute" ("attributeGroupId");

-- A value that is there already, in the form of another type. What would be lost by that (cents, a time of day) does not
-- fit, though a new value may be written so.
CREATE FUNCTION attribute_conversion(type TEXT, options TEXT[], given TEXT, OUT canonical TEXT, OUT trouble TEXT)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    SELECT v.canonical, v.trouble INTO canonical, trouble FROM attribute_value(type, options, given) v;
    IF type = 'CURRENCY' AND attribute_number(btrim(given, E' \t\r\n')) <> canonical::numeric THEN
        trouble := 'would be rounded to ' || canonical;
    ELSIF type = 'DATE' AND btrim(given, E' \t\r\n') <> canonical THEN
        trouble := 'would be cut to ' || canonical;
    END IF;
    IF trouble IS NOT NULL THEN canonical := NULL; END IF;
END $$;

-- What would not fit another type or other options of an attribute: values of living products, defaults of living groups,
-- values of living families, and with `own` the attribute's own default. Whoever has locked the attribute sees all of them,
-- because a volatile function looks with a snapshot of now.
CREATE FUNCTION attribute_misfits(attribute INTEGER, type TEXT, options TEXT[], own BOOLEAN)
    RETURNS TABLE ("place" TEXT, "id" INTEGER, "name" TEXT, "value" TEXT, "trouble" TEXT) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN QUERY
    SELECT 'product', p."id", p."name", v."value", c.trouble
      FROM "ProductAttribute" v
      JOIN live."Product" p ON p."id" = v."productId"
     CROSS JOIN LATERAL attribute_conversion(attribute_misfits.type, attribute_misfits.options, v."value") c
     WHERE v."attributeId" = attribute AND v."value" <> '' AND c.trouble IS NOT NULL
    UNION ALL
    SELECT 'attributeGroup', g."id", g."name", l."defaultValue", c.trouble
      FROM "AttributeGroupAttribute" l
      JOIN live."AttributeGroup" g ON g."id" = l."attributeGroupId"
     CROSS JOIN LATERAL attribute_conversion(attribute_misfits.type, attribute_misfits.options, l."defaultValue") c
     WHERE l."attributeId" = attribute AND l."defaultValue" <> '' AND c.trouble IS NOT NULL
    UNION ALL
    SELECT 'family', f."id", f."name", l."additionalValue", c.trouble
      FROM "FamilyAttribute" l
      JOIN live."Family" f ON f."id" = l."familyId"
     CROSS JOIN LATERAL attribute_conversion(attribute_misfits.type, attribute_misfits.options, l."additionalValue") c
     WHERE l."attributeId" = attribute AND l."additionalValue" <> '' AND c.trouble IS NOT NULL
    UNION ALL
    SELECT 'attribute', a."id", a."name", a."defaultValue", c.trouble
      FROM live."Attribute" a
     CROSS JOIN LATERAL attribute_conversion(attribute_misfits.type, attribute_misfits.options, a."defaultValue") c
     WHERE own AND a."id" = attribute AND a."defaultValue" <> '' AND c.trouble IS NOT NULL;
END $$;

-- Brings all values of an attribute that fit another type or other options into their form ("yes" → "true"), those in the
-- trash too. What does not fit stays as it is. How many were changed.
CREATE FUNCTION attribute_convert(attribute INTEGER, type TEXT, options TEXT[]) RETURNS INTEGER LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    products INTEGER[];
    groups   INTEGER;
    families INTEGER;
BEGIN
    WITH changed AS (
        UPDATE "ProductAttribute" v SET "value" = n.canonical
          FROM (SELECT o."id", c.canonical
                  FROM "ProductAttribute" o
                 CROSS JOIN LATERAL attribute_conversion(attribute_convert.type, attribute_convert.options, o."value") c
                 WHERE o."attributeId" = attribute AND c.canonical <> o."value"
                 ORDER BY o."id" FOR UPDATE OF o) n
         WHERE v."id" = n."id"
        RETURNING v."productId")
    SELECT array_agg("productId") INTO products FROM changed;
    -- Who has read such a product has it otherwise now.
    UPDATE "Product" p SET "version" = p."version" + 1
      FROM (SELECT "id" FROM "Product" WHERE "id" = ANY (products) ORDER BY "id" FOR UPDATE) n
     WHERE p."id" = n."id";
    UPDATE "AttributeGroupAttribute" l SET "defaultValue" = n.canonical
      FROM (SELECT o."id", c.canonical
              FROM "AttributeGroupAttribute" o
             CROSS JOIN LATERAL attribute_conversion(attribute_convert.type, attribute_convert.options, o."defaultValue") c
             WHERE o."attributeId" = attribute AND c.canonical <> o."defaultValue"
             ORDER BY o."id" FOR UPDATE OF o) n
     WHERE l."id" = n."id";
    GET DIAGNOSTICS groups = ROW_COUNT;
    UPDATE "FamilyAttribute" l SET "additionalValue" = n.canonical
      FROM (SELECT o."id", c.canonical
              FROM "FamilyAttribute" o
             CROSS JOIN LATERAL attribute_conversion(attribute_convert.type, attribute_convert.options, o."additionalValue") c
             WHERE o."attributeId" = attribute AND c.canonical <> o."additionalValue"
             ORDER BY o."id" FOR UPDATE OF o) n
     WHERE l."id" = n."id";
    GET DIAGNOSTICS families = ROW_COUNT;
    RETURN coalesce(cardinality(products), 0) + groups + families;
END $$;
