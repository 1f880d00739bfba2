-- The next contents of assets after hash $1: where their bytes lie.
SELECT c."hash", c."place", c."key", c."size" FROM public."StoredContent" c WHERE c."hash" > $1::text ORDER BY c."hash" LIMIT 500
