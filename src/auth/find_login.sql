-- The account with the e-mail $1, without regard to case; the same spelling first.
SELECT u."id", u."email", u."fullname", u."password", u."role"::text AS "role", u."ownerId", u."createdAt"
  FROM "User" u
 WHERE lower(u."email") = lower($1::text)
 ORDER BY u."email" = $1::text DESC, u."id" LIMIT 1
