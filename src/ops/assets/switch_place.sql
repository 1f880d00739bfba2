-- The file of content $1, which is in $2 under the key $3, is in $4 under the key $5 now, with its thumbnails ($6; where they
-- are not, they are made again). No row: the content is gone or was moved meanwhile.
UPDATE "StoredContent"
   SET "place" = $4::text, "key" = $5::text, "copiedFromPlace" = $2::text, "copiedFromKey" = $3::text,
       "thumbnails" = CASE WHEN "thumbnails" = 'ready' AND NOT $6::bool THEN 'waiting' ELSE "thumbnails" END,
       "tries" = CASE WHEN "thumbnails" = 'ready' AND NOT $6::bool THEN 0 ELSE "tries" END
 WHERE "hash" = $1::text AND "place" = $2::text AND "key" = $3::text
RETURNING "hash"
