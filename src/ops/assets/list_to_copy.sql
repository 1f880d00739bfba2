-- The next contents after hash $1 that are to be copied to $2: those in other places, and where $3, those in $2 itself (to a
-- folder that takes its place). With the key that each gets there: the one that it had there before, else its own; and
-- whether a file with this key is just being removed there.
SELECT c."hash", c."place", c."key", c."size", c."mimeType", c."thumbnails", t."target",
       EXISTS (SELECT FROM "FileRemoval" r WHERE r."place" = $2::text AND r."key" = t."target") AS "removing"
  FROM "StoredContent" c,
       LATERAL (SELECT CASE WHEN c."copiedFromPlace" = $2::text THEN c."copiedFromKey"
                            WHEN c."place" = 'uploads' THEN c."hash" || '-0000000000000000'
                            ELSE c."key" END AS "target") t
 WHERE c."hash" > $1::text AND (c."place" = $2::text) = $3::bool ORDER BY c."hash" LIMIT 100
