-- Claims the key $2 of tenant $1 for a request with the fingerprint $3 and the id $4; or says what the key was used for. A key
-- is forgotten after a day; one whose request ended without having done anything, after a minute. Always one row.
WITH claimed AS (
    INSERT INTO "IdempotencyKey" AS k ("userId", "key", "fingerprint", "requestId")
    VALUES ($1::int4, $2::text, $3::text, $4::text)
    ON CONFLICT ("userId", "key") DO UPDATE
       SET "fingerprint" = excluded."fingerprint", "requestId" = excluded."requestId", "doneAt" = NULL, "status" = NULL,
           "body" = NULL, "outcome" = NULL, "createdAt" = now()
     WHERE k."createdAt" < now() - interval '24 hours'
        OR k."doneAt" IS NULL AND k."status" IS NULL AND k."createdAt" < now() - interval '1 minute'
    RETURNING 1)
SELECT EXISTS (SELECT FROM claimed) AS "isClaimed", k."fingerprint" = $3::text AS "isSame", k."doneAt" < now() - interval '2 seconds' AS "isDone",
       k."status", k."body", k."outcome"::text AS "outcome"
  FROM (SELECT) one LEFT JOIN "IdempotencyKey" k ON k."userId" = $1::int4 AND k."key" = $2::text
