-- Those of the keys $1 that somebody has, or that are to be removed.
SELECT c."key" FROM "StoredContent" c WHERE c."key" = ANY ($1::text[])
UNION SELECT r."key" FROM "FileRemoval" r WHERE r."key" = ANY ($1::text[])
