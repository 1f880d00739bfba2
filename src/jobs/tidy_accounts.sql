-- What has run out: texts of mails that are of no use any more, mails of long ago, codes, and counts of attempts.
UPDATE "Mail" SET "body" = '', "trouble" = coalesce("trouble" || '; ', '') || 'it ran out before it could be sent'
 WHERE "sentAt" IS NULL AND "expiresAt" <= now() AND "body" <> '';
DELETE FROM "Mail" WHERE "createdAt" < now() - interval '30 days';
DELETE FROM "AccountCode" WHERE "expiresAt" < now() - interval '1 day';
DELETE FROM "Attempt" WHERE "endsAt" < now();
