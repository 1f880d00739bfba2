-- A code for the e-mail address $1 and purpose $2 (hash $3) and the mail that brings it (subject $4, text $5), good for
-- $6 seconds. For sign-up the address must have no account, and for a reset it must have one; where that is not so, the
-- mail has text $7, or, where that is empty, there is none. The answer is the same in both cases.
WITH account AS (
    SELECT EXISTS (SELECT FROM "User" u
                    WHERE lower(u."email") = lower($1::text)
                      AND ($2::text = 'registration' OR u."deactivatedAt" IS NULL)) AS exists),
code AS (
    INSERT INTO "AccountCode" ("email", "purpose", "codeHash", "expiresAt")
    SELECT lower($1::text), $2::text, $3::text, now() + make_interval(secs => $6::int4)
      FROM account a WHERE a.exists = ($2::text = 'password-reset')
    ON CONFLICT ("email", "purpose") DO UPDATE
       SET "codeHash" = excluded."codeHash", "tries" = 0, "verified" = false, "expiresAt" = excluded."expiresAt", "createdAt" = now()
    RETURNING "email")
INSERT INTO "Mail" ("recipient", "subject", "body", "expiresAt")
SELECT $1::text, $4::text, CASE WHEN EXISTS (SELECT FROM code) THEN $5::text ELSE $7::text END,
       now() + make_interval(secs => $6::int4)
 WHERE EXISTS (SELECT FROM code) OR $7::text <> ''
RETURNING 1 AS "count"
