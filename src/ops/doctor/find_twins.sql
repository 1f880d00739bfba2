-- Accounts whose addresses differ in case only: how many addresses, and the first $1.
SELECT count(*) OVER () AS total, string_agg(format('%s (account %s)', u."email", u."id"), ', ' ORDER BY u."id") AS what
  FROM "User" u GROUP BY lower(u."email") HAVING count(*) > 1 ORDER BY min(u."id") LIMIT $1::int4
