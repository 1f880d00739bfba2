-- Takes the content whose thumbnails are to be made next, for two minutes: who crashes leaves it to the others.
UPDATE "StoredContent" c SET "tries" = c."tries" + 1, "nextTryAt" = now() + interval '2 minutes'
 WHERE c."hash" = (SELECT w."hash" FROM "StoredContent" w
                    WHERE w."thumbnails" = 'waiting' AND w."nextTryAt" <= now()
                    ORDER BY w."nextTryAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING c."hash", c."place", c."key", c."mimeType", c."tries"
