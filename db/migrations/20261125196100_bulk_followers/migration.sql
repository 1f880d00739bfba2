-- Who follows a product into the trash and out of it is looked for in the index of variants, for all products of a statement at once:
-- most have none, and a hundred thousand of those need not be read again each. (Under the locks of their parents, which the statement
-- has, no variant comes in between.)
CREATE OR REPLACE FUNCTION product_follow_trash(gone INTEGER[], back INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM "Product" v WHERE v."parentProductId" = ANY (gone) AND NOT v."isDeleted") THEN
        UPDATE "Product" v SET "detachedBy" = coalesce(p."deletionId", 0)
          FROM "Product" p
         WHERE p."id" = ANY (gone) AND p."isDeleted" AND v."parentProductId" = p."id" AND NOT v."isDeleted"
           AND v."detachedBy" IS DISTINCT FROM coalesce(p."deletionId", 0);
    END IF;
    UPDATE "Product" v SET "detachedBy" = NULL
     WHERE v."parentProductId" = ANY (back) AND NOT v."isDeleted" AND v."detachedBy" IS NOT NULL;
    IF EXISTS (SELECT FROM "Product" v WHERE v."id" = ANY (back) AND v."parentProductId" IS NOT NULL) THEN
        WITH parents AS MATERIALIZED (
            SELECT p."id", p."isDeleted", p."deletionId" FROM "Product" p
             WHERE p."id" IN (SELECT v."parentProductId" FROM "Product" v WHERE v."id" = ANY (back))
             ORDER BY p."id" FOR SHARE)
        UPDATE "Product" v SET "detachedBy" = CASE WHEN p."isDeleted" THEN coalesce(p."deletionId", 0) END
          FROM parents p
         WHERE v."id" = ANY (back) AND v."parentProductId" = p."id"
           AND v."detachedBy" IS DISTINCT FROM CASE WHEN p."isDeleted" THEN coalesce(p."deletionId", 0) END;
    END IF;
END $$;

-- A free name is looked for by the index of the names, also where the planner knows nothing of the tenant and takes all that is theirs
-- for one row: so it is planned without looking at the tenant.
ALTER FUNCTION trash_free_name(TEXT, INTEGER, INTEGER, TEXT, INTEGER, INTEGER) SET plan_cache_mode = force_generic_plan;
