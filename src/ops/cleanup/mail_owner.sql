-- Mails the owner $2 what will go, with the subject $3 and the text $4, as the mail of the time $1, which is of no use after $5. No row:
-- that one was sent, or the owner may not log in.
WITH noted AS (
    INSERT INTO "RetentionMail" ("slot", "userId")
    SELECT $1::timestamp, u."id" FROM "User" u WHERE u."id" = $2::int4 AND u."deactivatedAt" IS NULL
    ON CONFLICT DO NOTHING
    RETURNING "userId"),
mailed AS (
    INSERT INTO "Mail" ("recipient", "subject", "body", "expiresAt")
    SELECT u."email", $3::text, $4::text, $5::timestamp AT TIME ZONE 'UTC' FROM noted n JOIN "User" u ON u."id" = n."userId")
SELECT n."userId" AS "id" FROM noted n
