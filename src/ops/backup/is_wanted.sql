-- Has any asset, living or in the trash, the content with hash $1 now?
SELECT EXISTS (SELECT FROM public."Asset" a WHERE a."contentHash" = $1::text) AS "isWanted"
