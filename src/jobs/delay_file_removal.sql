-- The file of $1 could not be removed: again in a minute.
UPDATE "FileRemoval" SET "nextTryAt" = now() + interval '1 minute' WHERE "id" = $1::int8
