-- Who follows a product into the trash is found by the index of variants, and its parent by its id. (A join with "isDeleted" of the
-- parent took the index of the whole trash for that, where the planner had not heard yet how much is in it: for each two thousand
-- products of a bulk all that went before them was read again.)
CREATE OR REPLACE FUNCTION product_follow_trash(gone INTEGER[], back INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM "Product" v WHERE v."parentProductId" = ANY (gone) AND NOT v."isDeleted") THEN
        UPDATE "Product" v
           SET "detachedBy" = (SELECT coalesce(p."deletionId", 0) FROM "Product" p WHERE p."id" = v."parentProductId")
         WHERE v."parentProductId" = ANY (gone) AND NOT v."isDeleted"
           AND (SELECT p."isDeleted" AND v."detachedBy" IS DISTINCT FROM coalesce(p."deletionId", 0)
                  FROM "Product" p WHERE p."id" = v."parentProductId");
    END IF;
    IF EXISTS (SELECT FROM "Product" v WHERE v."parentProductId" = ANY (back) AND NOT v."isDeleted" AND v."detachedBy" IS NOT NULL) THEN
        UPDATE "Product" v SET "detachedBy" = NULL
         WHERE v."parentProductId" = ANY (back) AND NOT v."isDeleted" AND v."detachedBy" IS NOT NULL;
    END IF;
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
