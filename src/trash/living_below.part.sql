-- What lives below a category or an asset group goes along. (+ 0: it is found by what it is below, not among all of the tenant's.)
SELECT w.kind, b."id" FROM wanted w, LATERAL (
        SELECT t."id" FROM live."Category" t
         WHERE w.kind = 'category' AND t."userId" + 0 = $1::int4 AND t."parentCategoryId" = w."id"
        UNION ALL SELECT t."id" FROM live."AssetGroup" t
         WHERE w.kind = 'assetGroup' AND t."userId" + 0 = $1::int4 AND t."parentGroupId" = w."id") b
