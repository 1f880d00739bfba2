-- A variant has the values of its parent where it sets none of its own. They are kept with it, marked, so that filters,
-- exports and statuses read one table; they follow the parent's until the variant gets a value itself.
ALTER TABLE "ProductAttribute" ADD COLUMN "inherited" BOOLEAN NOT NULL DEFAULT false;

-- Gives variants what they do not set, and takes away what their parent has not any more.
CREATE FUNCTION product_inherit_values(variants INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    touched INTEGER[];
BEGIN
    WITH wanted AS (
        SELECT c."id" AS variant, v."attributeId", v."value", f."id" AS member
          FROM "Product" c
          JOIN "ProductAttribute" v ON v."productId" = c."parentProductId"
          LEFT JOIN "FamilyAttribute" f ON f."familyId" = c."familyId" AND f."attributeId" = v."attributeId"
          LEFT JOIN "ProductAttribute" o ON o."productId" = c."id" AND o."attributeId" = v."attributeId"
         WHERE c."id" = ANY (variants)
           AND (o."id" IS NULL OR (o."inherited" OR coalesce(o."value", '') = '') AND o."value" IS DISTINCT FROM v."value"
                                  AND (o."inherited" OR coalesce(v."value", '') <> ''))),
    given AS (
        INSERT INTO "ProductAttribute" ("productId", "attributeId", "value", "familyAttributeId", "inherited")
        SELECT variant, "attributeId", "value", member, true FROM wanted ORDER BY variant, "attributeId"
        ON CONFLICT ("productId", "attributeId") DO UPDATE SET "value" = excluded."value", "inherited" = true
           WHERE "ProductAttribute"."inherited" OR coalesce("ProductAttribute"."value", '') = ''
        RETURNING "productId"),
    taken AS (
        DELETE FROM "ProductAttribute" o USING "Product" c
         WHERE c."id" = ANY (variants) AND o."productId" = c."id" AND o."inherited"
           AND NOT EXISTS (SELECT FROM "ProductAttribute" v
                            WHERE v."productId" = c."parentProductId" AND v."attributeId" = o."attributeId")
           AND EXISTS (SELECT FROM "Product" p WHERE p."id" = c."parentProductId")
        RETURNING o."productId")
    SELECT array_agg(DISTINCT "productId") INTO touched FROM (SELECT "productId" FROM given UNION SELECT "productId" FROM taken) t;
    IF touched IS NOT NULL THEN  -- what clients hold of them is out of date
        UPDATE "Product" SET "version" = "version" + 1 WHERE "id" = ANY (touched);
    END IF;
END $$;

-- Values changed: variants among the products, and the variants of those.
CREATE FUNCTION product_values_inherited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    variants INTEGER[] := ARRAY(
        SELECT c."id" FROM "Product" c WHERE c."parentProductId" IN (SELECT "productId" FROM changed)
        UNION
        SELECT c."id" FROM "Product" c
         WHERE c."id" IN (SELECT "productId" FROM changed) AND c."parentProductId" IS NOT NULL
         ORDER BY 1);
BEGIN
    IF cardinality(variants) > 0 THEN PERFORM product_inherit_values(variants); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "ProductAttribute_inherited_on_insert" AFTER INSERT ON "ProductAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION product_values_inherited();
CREATE TRIGGER "ProductAttribute_inherited_on_update" AFTER UPDATE ON "ProductAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION product_values_inherited();
CREATE TRIGGER "ProductAttribute_inherited_on_delete" AFTER DELETE ON "ProductAttribute" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION product_values_inherited();

-- A value that somebody writes is the variant's own. (What is inherited is written by triggers.)
CREATE FUNCTION product_value_is_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."inherited" := false;
    RETURN NEW;
END $$;
CREATE TRIGGER "ProductAttribute_own" BEFORE UPDATE ON "ProductAttribute" FOR EACH ROW
    WHEN (OLD."inherited" AND NEW."inherited" AND NEW."value" IS DISTINCT FROM OLD."value" AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION product_value_is_own();

-- Products that become variants get what they do not set; those that stand alone keep all that they have. Values are
-- those of the family that a product has now, whoever gave it that.
CREATE FUNCTION product_parent_given() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    variants INTEGER[] := ARRAY(SELECT "id" FROM added WHERE "parentProductId" IS NOT NULL ORDER BY "id");
BEGIN
    IF cardinality(variants) > 0 THEN PERFORM product_inherit_values(variants); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "Product_parent_given" AFTER INSERT ON "Product" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION product_parent_given();

CREATE FUNCTION product_parent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    attached INTEGER[];
    freed    INTEGER[];
    moved    INTEGER[];
BEGIN
    SELECT array_agg(n."id") INTO moved
      FROM after n JOIN before o USING ("id") WHERE n."familyId" IS DISTINCT FROM o."familyId";
    IF moved IS NOT NULL THEN
        UPDATE "ProductAttribute" v SET "familyAttributeId" = f."id"
          FROM "ProductAttribute" w
          JOIN "Product" p ON p."id" = w."productId"
          LEFT JOIN "FamilyAttribute" f ON f."familyId" = p."familyId" AND f."attributeId" = w."attributeId"
         WHERE p."id" = ANY (moved) AND v."id" = w."id" AND v."familyAttributeId" IS DISTINCT FROM f."id";
    END IF;
    SELECT array_agg(n."id" ORDER BY n."id") FILTER (WHERE n."parentProductId" IS NOT NULL),
           array_agg(n."id") FILTER (WHERE n."parentProductId" IS NULL)
      INTO attached, freed
      FROM after n JOIN before o USING ("id")
     WHERE n."parentProductId" IS DISTINCT FROM o."parentProductId";
    IF attached IS NOT NULL THEN PERFORM product_inherit_values(attached); END IF;
    IF freed IS NOT NULL THEN
        UPDATE "ProductAttribute" SET "inherited" = false WHERE "productId" = ANY (freed) AND "inherited";
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "Product_parent_changed" AFTER UPDATE ON "Product" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION product_parent_changed();
