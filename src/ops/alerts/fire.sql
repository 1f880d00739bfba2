-- Something is wrong: the alert $1, with the summary $2 and the remedy $3, for $4 is over $5. Who is of $6 gets a mail with the subject
-- $7 and the text $8, the first time only. Always one row.
WITH fired AS (
    INSERT INTO "Alert" AS a ("name", "summary", "remedy", "value", "threshold")
    VALUES ($1::text, $2::text, $3::text, $4::int8, $5::int8)
    ON CONFLICT ("name") WHERE "resolvedAt" IS NULL DO UPDATE SET "value" = greatest(a."value", excluded."value")
    RETURNING a."id", a.xmax = 0 AS is_new),
mailed AS (
    INSERT INTO "Mail" ("recipient", "subject", "body")
    SELECT r.address, $7::text, $8::text FROM fired f, unnest($6::text[]) AS r (address) WHERE f.is_new)
SELECT f.is_new AS "isNew" FROM fired f
