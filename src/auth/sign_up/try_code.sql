-- One try of a code for the address $1 and purpose $2 (hash $3): a wrong one counts, and after five the code is dead. $4:
-- a right one is verified from now on. No row: there is no code that can be tried.
UPDATE "AccountCode" c
   SET "tries" = c."tries" + (c."codeHash" <> $3::text)::int4,
       "verified" = c."verified" OR ($4::bool AND c."codeHash" = $3::text AND c."expiresAt" > now())
 WHERE c."email" = lower($1::text) AND c."purpose" = $2::text AND c."tries" < 5
RETURNING c."codeHash" = $3::text AS "matches", c."expiresAt" <= now() AS "isExpired"
