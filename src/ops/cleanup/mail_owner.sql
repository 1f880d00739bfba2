-- Mails the owner $1 what will go, with the subject $3 and the text $4, as the mail of the time $2, which is of no use after $5. No row:
-- that one was sent, or the owner may not log in.
WITH noted AS (
    INSERT INTO "RetentionMail" ("slot", "userId")
    SELECT $2::timestamp, u."id" FROM "User" u WHERE u."id" = $1::int4 AND u."deactivatedAt" IS NULL
    ON CONFLICT DO NOTHING
    RETURNING "userId"),
mailed AS (
    INSERT INTO "Mail" ("recipient", "subject", "body", "expiresAt")
    SELECT u."email", $3::text, $4::text, $5::timestamp AT TIME ZONE 'UTC' FROM noted n JOIN "User" u ON u."id" = n."userId")
SELECT n."userId" AS "id" FROM noted n
