-- The file of $1 is removed.
DELETE FROM "FileRemoval" WHERE "id" = $1::int8
