-- The next contents after hash $1 that are in $2 and were copied from elsewhere.
SELECT c."hash", c."key", c."size" FROM "StoredContent" c
 WHERE c."hash" > $1::text AND c."place" = $2::text AND c."copiedFromPlace" IS NOT NULL ORDER BY c."hash" LIMIT 100
