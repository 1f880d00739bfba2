-- Takes the file of asset $1 in, where it lies: $2 hash, $3 its path there, $4 size, $5 type, $6 'waiting' where thumbnails
-- are to be made, else 'none'. An asset that was taken in meanwhile stays as it is.
WITH content AS (
    INSERT INTO "StoredContent" ("hash", "place", "key", "size", "mimeType", "thumbnails")
    SELECT $2::text, 'uploads', $3::text, $4::int8, $5::text, $6::text
      FROM "Asset" a WHERE a."id" = $1::int4 AND a."contentHash" IS NULL
    ON CONFLICT ("hash") DO UPDATE SET "hash" = EXCLUDED."hash"
    RETURNING "hash", "thumbnails")
UPDATE "Asset" a
   SET "contentHash" = c."hash", "size" = $4::int8, "mimeType" = $5::text,
       "thumbnailPath" = CASE WHEN c."thumbnails" IN ('waiting', 'ready') THEN
           coalesce(a."thumbnailPath", regexp_replace(a."filePath", '\.[^./]*$', '') || '_thumb.webp') END
  FROM content c WHERE a."id" = $1::int4 AND a."contentHash" IS NULL
RETURNING a."id"
