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
