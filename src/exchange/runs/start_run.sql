-- $2 of tenant $1 begins the import $3 of the file $4 ($5: a dry run). What ended a day ago is forgotten.
WITH forgotten AS (
    DELETE FROM "ImportRun" o WHERE o."userId" = $1::int4 AND o."updatedAt" < now() - interval '1 day')
INSERT INTO "ImportRun" ("id", "userId", "actorId", "fileName", "isDryRun")
VALUES ($3::text, $1::int4, $2::int4, $4::text, $5::bool) RETURNING "id"
