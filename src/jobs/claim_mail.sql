-- The mail that has waited longest; nobody else gets it for two minutes, which is longer than a try takes.
UPDATE "Mail" m SET "tries" = m."tries" + 1, "nextTryAt" = now() + interval '2 minutes'
 WHERE m."id" = (SELECT w."id" FROM "Mail" w
                  WHERE w."sentAt" IS NULL AND w."nextTryAt" <= now() AND coalesce(w."expiresAt", 'infinity') > now()
                  ORDER BY w."nextTryAt", w."id" LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING m."id", m."recipient", m."subject", m."body"
