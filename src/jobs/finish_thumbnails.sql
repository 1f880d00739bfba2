-- The thumbnails of content $1 are there, beside its file $5 in $4; it is $2 wide and $3 high. No row: the content is gone
-- meanwhile, or its file is elsewhere now.
UPDATE "StoredContent" SET "thumbnails" = 'ready', "trouble" = NULL, "width" = $2::int4, "height" = $3::int4
 WHERE "hash" = $1::text AND "place" = $4::text AND "key" = $5::text
RETURNING "hash"
