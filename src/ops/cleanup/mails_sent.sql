-- All mails of the time $1 are sent. What is known of those of a year ago is forgotten.
WITH old AS (
    DELETE FROM "RetentionMail" m WHERE m."createdAt" < now() - interval '1 year')
INSERT INTO "RetentionMail" ("slot", "userId") VALUES ($1::timestamp, NULL)
ON CONFLICT DO NOTHING
RETURNING "id"
