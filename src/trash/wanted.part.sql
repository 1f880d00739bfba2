-- What comes with what is chosen: with $10 what its own deletion took along, variants and what is below; with $11 what it
-- needs and is in the trash too, as far as it is of the kinds $12. (coalesce, and the CASE: what is below is found by what it is below;
-- where the tables are new to the planner it would read all of the tenant's for each, or all of the deletion. A "+ 0" would not do: it
-- says that there is a deletion, and so lets the index of all that have one be read for each.)
wanted AS (
    SELECT c."kind" AS kind, c."id", c."deletionId", $10::bool AS along, true AS is_chosen FROM chosen c
    UNION
    SELECT n.kind, n."id", n."deletionId", n.along, false FROM wanted w, LATERAL (
        SELECT 'product'::text AS kind, t."id", t."deletionId", true AS along FROM "Product" t
         WHERE w.along AND w.kind = 'product' AND t."parentProductId" = w."id"
           AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END AND coalesce(t."deletionId", 0) = w."deletionId"
        UNION ALL SELECT 'category', t."id", t."deletionId", true FROM "Category" t
         WHERE w.along AND w.kind = 'category' AND t."parentCategoryId" = w."id"
           AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END AND coalesce(t."deletionId", 0) = w."deletionId"
        UNION ALL SELECT 'assetGroup', t."id", t."deletionId", true FROM "AssetGroup" t
         WHERE w.along AND w.kind = 'assetGroup' AND t."parentGroupId" = w."id"
           AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END AND coalesce(t."deletionId", 0) = w."deletionId"
        UNION ALL SELECT n.kind, n."id", n."deletionId", false FROM (
        /* dependencies.part.sql */) n WHERE $11::bool AND n.kind = ANY ($12::text[])) n),
