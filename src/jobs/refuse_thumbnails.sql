-- There are no thumbnails of content $1, for the reason $2; its assets say so.
WITH refused AS (
    UPDATE "StoredContent" SET "thumbnails" = 'refused', "trouble" = $2::text WHERE "hash" = $1::text RETURNING "hash")
UPDATE "Asset" a SET "thumbnailPath" = NULL FROM refused r WHERE a."contentHash" = r."hash"
