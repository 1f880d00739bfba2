-- The next contents after hash $1, with the assets that have them (five of them), living or in the trash.
SELECT c."hash", c."place", c."key", c."size",
       (SELECT count(*) FROM "Asset" a WHERE a."contentHash" = c."hash") AS "assets",
       coalesce((SELECT string_agg(t."id"::text, ', ' ORDER BY t."id")
                   FROM (SELECT a."id" FROM "Asset" a WHERE a."contentHash" = c."hash" ORDER BY a."id" LIMIT 5) t), '') AS "ids"
  FROM "StoredContent" c WHERE c."hash" > $1::text ORDER BY c."hash" LIMIT 500
