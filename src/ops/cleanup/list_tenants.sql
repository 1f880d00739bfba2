-- Whose trash has something in it, the next $2 after $1.
SELECT u."id" FROM "User" u
 WHERE u."id" > $1::int4 AND EXISTS (SELECT FROM trash."Item" t WHERE t."userId" = u."id")
 ORDER BY u."id" LIMIT $2::int4
