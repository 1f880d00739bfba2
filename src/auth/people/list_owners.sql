-- The owners, the newest first; those who left are among them, and say so.
SELECT u."id", u."email", u."fullname", u."role"::text AS "role", u."createdAt", u."deactivatedAt",
       (SELECT count(*) FROM "User" s WHERE s."ownerId" = u."id" AND s."deactivatedAt" IS NULL) AS "staffMembers",
       (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t WHERE t."userId" = u."id" AND t."kind" = 'product') AS "products",
       (SELECT count(*) FROM live."Asset" a WHERE a."userId" = u."id") AS "assets"
  FROM "User" u WHERE u."role" = 'OWNER' ORDER BY u."createdAt" DESC, u."id" DESC
