-- The thumbnails of content $1 are there; it is $2 wide and $3 high. No row: the content is gone meanwhile.
UPDATE "StoredContent" SET "thumbnails" = 'ready', "trouble" = NULL, "width" = $2::int4, "height" = $3::int4
 WHERE "hash" = $1::text
RETURNING "hash"
