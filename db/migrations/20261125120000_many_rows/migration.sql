-- What a trigger finds in the rows of a statement is found in a time that grows with their number. It is planned as if there
-- were one row, whatever the number: an ordinary join of the rows before and after compared each with each, and a statement
-- on a thousand products took 0.3 s for that, one on a hundred thousand hours. A FULL JOIN can only be hashed or merged, and
-- so can an EXCEPT.

CREATE OR REPLACE FUNCTION product_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[];   -- another parent
    gone  INTEGER[];   -- into the trash
    back  INTEGER[];   -- out of it
    other INTEGER[];   -- another family
    freed INTEGER[];   -- the parent was purged
BEGIN
    SELECT array_agg(n."id") FILTER (WHERE n."parentProductId" IS DISTINCT FROM o."parentProductId"
                                       AND n."parentProductId" IS NOT NULL),
           array_agg(n."id") FILTER (WHERE n."isDeleted" AND NOT o."isDeleted"),
           array_agg(n."id") FILTER (WHERE o."isDeleted" AND NOT n."isDeleted"),
           array_agg(n."id") FILTER (WHERE n."familyId" IS DISTINCT FROM o."familyId"),
           array_agg(n."id") FILTER (WHERE n."parentProductId" IS NULL AND n."detachedBy" IS NOT NULL)
      INTO moved, gone, back, other, freed
      FROM after n FULL JOIN before o USING ("id")
     WHERE (n."parentProductId", n."isDeleted", n."familyId", n."detachedBy")
           IS DISTINCT FROM (o."parentProductId", o."isDeleted", o."familyId", o."detachedBy");

    INSERT INTO "ListTotal" ("userId", "kind", "rows")
    SELECT "userId", "kind", sum("rows")
      FROM (SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END AS "kind", 1 AS "rows"
              FROM after WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")
            UNION ALL
            SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END, -1
              FROM before WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")) t
     GROUP BY 1, 2 HAVING sum("rows") <> 0;

    IF moved IS NOT NULL THEN PERFORM product_check_levels(moved); END IF;
    IF other IS NOT NULL THEN PERFORM product_refresh_status(other); END IF;
    IF freed IS NOT NULL THEN UPDATE "Product" SET "detachedBy" = NULL WHERE "id" = ANY (freed); END IF;
    IF gone IS NOT NULL OR back IS NOT NULL THEN
        PERFORM product_follow_trash(coalesce(gone, '{}'), coalesce(back, '{}'));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION attribute_trash_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[] := ARRAY(
        SELECT t."id" FROM (SELECT "id", "isDeleted" FROM after EXCEPT SELECT "id", "isDeleted" FROM before) t);
BEGIN
    IF cardinality(moved) > 0 THEN
        PERFORM product_refresh_status(ARRAY(
            SELECT p."id" FROM "Product" p
             WHERE p."familyId" IN (SELECT "familyId" FROM "FamilyAttribute"
                                     WHERE "isRequired" AND "attributeId" = ANY (moved)) ORDER BY p."id"));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION family_trash_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[] := ARRAY(
        SELECT t."id" FROM (SELECT "id", "isDeleted" FROM after EXCEPT SELECT "id", "isDeleted" FROM before) t);
BEGIN
    IF cardinality(moved) > 0 THEN
        PERFORM product_refresh_status(ARRAY(
            SELECT p."id" FROM "Product" p WHERE p."familyId" = ANY (moved) ORDER BY p."id"));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION category_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[];
    gone  INTEGER[];
BEGIN
    SELECT array_agg(n."id") FILTER (WHERE n."parentCategoryId" IS DISTINCT FROM o."parentCategoryId"
                                       AND n."parentCategoryId" IS NOT NULL),
           array_agg(n."id") FILTER (WHERE n."isDeleted" AND NOT o."isDeleted")
      INTO moved, gone
      FROM after n FULL JOIN before o USING ("id");
    IF moved IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('category tree'), "userId")
           FROM (SELECT DISTINCT "userId" FROM after ORDER BY 1) t;
        IF EXISTS (WITH RECURSIVE up AS (
                       SELECT c."id" AS start, c."parentCategoryId" AS above FROM "Category" c WHERE c."id" = ANY (moved)
                       UNION
                       SELECT u.start, c."parentCategoryId" FROM up u JOIN "Category" c ON c."id" = u.above)
                   SELECT FROM up WHERE above = start) THEN
            RAISE EXCEPTION 'a category is below itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'Category_no_cycle';
        END IF;
    END IF;
    IF gone IS NOT NULL AND EXISTS (SELECT FROM "Category" c
                                     WHERE c."parentCategoryId" = ANY (gone) AND NOT c."isDeleted") THEN
        RAISE EXCEPTION 'a category has living children'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'Category_no_living_children';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION family_attribute_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM product_refresh_status(
        ARRAY(SELECT p."id" FROM "Product" p
               WHERE p."familyId" IN (SELECT f.id FROM after n FULL JOIN before o USING ("id"),
                                             unnest(ARRAY[n."familyId", o."familyId"]) AS f (id)
                                       WHERE (n."isRequired", n."familyId", n."attributeId")
                                             IS DISTINCT FROM (o."isRequired", o."familyId", o."attributeId"))));
    RETURN NULL;
END $$;

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

CREATE OR REPLACE FUNCTION product_parent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    attached INTEGER[];
    freed    INTEGER[];
    moved    INTEGER[];
BEGIN
    SELECT array_agg(n."id") INTO moved
      FROM after n FULL JOIN before o USING ("id") WHERE n."familyId" IS DISTINCT FROM o."familyId";
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
      FROM after n FULL JOIN before o USING ("id")
     WHERE n."parentProductId" IS DISTINCT FROM o."parentProductId";
    IF attached IS NOT NULL THEN PERFORM product_inherit_values(attached); END IF;
    IF freed IS NOT NULL THEN
        UPDATE "ProductAttribute" SET "inherited" = false WHERE "productId" = ANY (freed) AND "inherited";
    END IF;
    RETURN NULL;
END $$;

-- Planned for the number of products: two plans suit, one for a product and one for many.
ALTER FUNCTION product_refresh_status(INTEGER[]) SET plan_cache_mode TO force_custom_plan;
