-- What the alert $1 was about is over; who is of $2 gets a mail with the subject $3 and the text $4. No row: there is no such alert.
WITH resolved AS (
    UPDATE "Alert" a SET "resolvedAt" = now() WHERE a."name" = $1::text AND a."resolvedAt" IS NULL RETURNING a."id"),
mailed AS (
    INSERT INTO "Mail" ("recipient", "subject", "body")
    SELECT r.address, $3::text, $4::text FROM resolved f, unnest($2::text[]) AS r (address))
SELECT r."id" FROM resolved r
