DROP TRIGGER "Product_family_changed" ON "Product";
DROP FUNCTION product_family_changed();

CREATE FUNCTION family_attribute_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM product_refresh_status(
        ARRAY(SELECT "id" FROM "Product" WHERE "familyId" IN (SELECT "familyId" FROM changed)));
    RETURN NULL;
END $$;
DROP TRIGGER "FamilyAttribute_inserted" ON "FamilyAttribute";
DROP TRIGGER "FamilyAttribute_updated" ON "FamilyAttribute";
DROP TRIGGER "FamilyAttribute_deleted" ON "FamilyAttribute";
DROP FUNCTION family_attribute_added();
DROP FUNCTION family_attribute_updated();
DROP FUNCTION family_attribute_removed();
CREATE TRIGGER "FamilyAttribute_inserted" AFTER INSERT ON "FamilyAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_changed();
CREATE TRIGGER "FamilyAttribute_updated" AFTER UPDATE ON "FamilyAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_changed();
CREATE TRIGGER "FamilyAttribute_deleted" AFTER DELETE ON "FamilyAttribute" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_changed();

CREATE OR REPLACE FUNCTION product_refresh_status(products INTEGER[]) RETURNS void LANGUAGE sql AS $$
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
     WHERE p."id" = s."id" AND p."status" <> s."status" AND p."status" IN ('complete', 'incomplete')
$$;
