-- The file of a living asset of tenant $1: by the asset's id ($2), or by the path that the asset ($3) or its thumbnail has.
SELECT a."id", a."name", a."fileName", a."filePath", a."mimeType", a."size", a."uploadDate", a."contentHash",
       c."place", c."key", c."thumbnails",
       $3::text IS NOT NULL AND a."filePath" IS DISTINCT FROM $3::text AS "isThumbnail"
  FROM live."Asset" a LEFT JOIN "StoredContent" c ON c."hash" = a."contentHash"
 WHERE a."userId" = $1::int4 AND (a."id" = $2::int4 OR a."filePath" = $3::text OR a."thumbnailPath" = $3::text)
 ORDER BY a."filePath" = $3::text DESC, a."id" LIMIT 1
