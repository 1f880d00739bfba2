-- Values and the families of their products find each other, whoever writes and in whichever order; and a status is
-- computed from what is there, also where two writers pass each other.

-- The products are locked first, so that whoever changes one of them at this moment is waited for; what they wrote is
-- seen by the second statement, whose snapshot is of later. Before, a value and a new requirement that were written at
-- the same time could leave a status that followed from neither.
CREATE OR REPLACE FUNCTION product_refresh_status(products INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM "Product" p WHERE p."id" = ANY (products) ORDER BY p."id" FOR NO KEY UPDATE;
    UPDATE "Product" p SET "status" = s."status"
      FROM (SELECT t."id",
                   CASE WHEN count(f."id") > 0 AND bool_and(coalesce(v."value", '') <> '')
                        THEN 'complete' ELSE 'incomplete' END AS "status"
              FROM "Product" t
              LEFT JOIN ("FamilyAttribute" f JOIN live."Attribute" a ON a."id" = f."attributeId"
                                             JOIN live."Family" w ON w."id" = f."familyId")
                     ON f."familyId" = t."familyId" AND f."isRequired"
              LEFT JOIN "ProductAttribute" v ON v."productId" = t."id" AND v."attributeId" = f."attributeId"
             WHERE t."id" = ANY (products)
             GROUP BY t."id") s
     WHERE p."id" = s."id" AND p."status" <> s."status" AND p."status" IN ('complete', 'incomplete');
END $$;

-- An attribute that a family gets takes over the values that its products have already, those in the trash too. (One
-- that leaves it lets them go: ON DELETE SET NULL.)
CREATE FUNCTION family_attribute_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "ProductAttribute" v SET "familyAttributeId" = n."id"
      FROM changed n JOIN "Product" p ON p."familyId" = n."familyId"
     WHERE v."productId" = p."id" AND v."attributeId" = n."attributeId" AND v."familyAttributeId" IS DISTINCT FROM n."id";
    PERFORM product_refresh_status(
        ARRAY(SELECT p."id" FROM "Product" p WHERE p."familyId" IN (SELECT "familyId" FROM changed WHERE "isRequired")));
    RETURN NULL;
END $$;
DROP TRIGGER "FamilyAttribute_inserted" ON "FamilyAttribute";
CREATE TRIGGER "FamilyAttribute_inserted" AFTER INSERT ON "FamilyAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_added();

-- Only what is required, or was, says something about a status.
CREATE FUNCTION family_attribute_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM product_refresh_status(
        ARRAY(SELECT p."id" FROM "Product" p
               WHERE p."familyId" IN (SELECT f.id FROM after n JOIN before o USING ("id"),
                                             unnest(ARRAY[n."familyId", o."familyId"]) AS f (id)
                                       WHERE (n."isRequired", n."familyId", n."attributeId")
                                             IS DISTINCT FROM (o."isRequired", o."familyId", o."attributeId"))));
    RETURN NULL;
END $$;
DROP TRIGGER "FamilyAttribute_updated" ON "FamilyAttribute";
CREATE TRIGGER "FamilyAttribute_updated" AFTER UPDATE ON "FamilyAttribute"
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_updated();

CREATE FUNCTION family_attribute_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM product_refresh_status(
        ARRAY(SELECT p."id" FROM "Product" p WHERE p."familyId" IN (SELECT "familyId" FROM changed WHERE "isRequired")));
    RETURN NULL;
END $$;
DROP TRIGGER "FamilyAttribute_deleted" ON "FamilyAttribute";
CREATE TRIGGER "FamilyAttribute_deleted" AFTER DELETE ON "FamilyAttribute" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_removed();
DROP FUNCTION family_attribute_changed();

-- A product that gets another family: its values belong to that one's attributes, or to none. (Of one that gets none,
-- the writer sees to that, or the family is gone for good and its list with it.)
CREATE FUNCTION product_family_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[] := ARRAY(SELECT n."id" FROM after n JOIN before o USING ("id")
                              WHERE n."familyId" <> o."familyId" OR (n."familyId" IS NOT NULL AND o."familyId" IS NULL));
BEGIN
    IF cardinality(moved) > 0 THEN
        UPDATE "ProductAttribute" v SET "familyAttributeId" = w."id"
          FROM "ProductAttribute" o
          JOIN "Product" p ON p."id" = o."productId"
          LEFT JOIN "FamilyAttribute" w ON w."familyId" = p."familyId" AND w."attributeId" = o."attributeId"
         WHERE p."id" = ANY (moved) AND v."id" = o."id" AND v."familyAttributeId" IS DISTINCT FROM w."id";
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "Product_family_changed" AFTER UPDATE ON "Product" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION product_family_changed();
