-- Files whose content is gone, which are to be removed now.
SELECT r."id", r."place", r."key" FROM "FileRemoval" r
 WHERE r."key" IS NOT NULL AND r."nextTryAt" <= now() ORDER BY r."id" LIMIT 100
