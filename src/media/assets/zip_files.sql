-- The files of those of the assets $2 that tenant $1 has living, and of those whose path is one of $3, each once, by id.
SELECT a."id", a."name", a."fileName", a."filePath", a."mimeType", a."size", a."uploadDate", a."contentHash",
       c."place", c."key", c."thumbnails", false AS "isThumbnail"
  FROM live."Asset" a LEFT JOIN "StoredContent" c ON c."hash" = a."contentHash"
 WHERE a."userId" = $1::int4 AND (a."id" = ANY ($2::int4[]) OR a."filePath" = ANY ($3::text[]))
 ORDER BY a."id"
