-- Undoes the migration.

CREATE OR REPLACE FUNCTION product_family_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[] := ARRAY(
        SELECT t."id" FROM (SELECT "id", "familyId" FROM after EXCEPT SELECT "id", "familyId" FROM before) t
         WHERE t."familyId" IS NOT NULL);
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
