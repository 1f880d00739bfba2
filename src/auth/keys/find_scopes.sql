-- What key $2 of tenant $1 is good for.
SELECT k."scopes" FROM "ApiKey" k WHERE k."userId" = $1::int4 AND k."id" = $2::int4
