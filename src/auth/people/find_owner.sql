-- Owner $1 with their staff, and how much they have.
SELECT u."id", u."email", u."fullname", u."role"::text AS "role", u."createdAt", u."deactivatedAt",
       ARRAY(SELECT ROW(s."id", s."email", s."fullname", s."createdAt") FROM "User" s
              WHERE s."ownerId" = u."id" AND s."deactivatedAt" IS NULL ORDER BY s."createdAt" DESC, s."id" DESC) AS "staffMembers",
       (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t WHERE t."userId" = u."id" AND t."kind" = 'product') AS "products",
       (SELECT count(*) FROM live."Asset" a WHERE a."userId" = u."id") AS "assets",
       (SELECT count(*) FROM live."Category" c WHERE c."userId" = u."id") AS "categories",
       (SELECT count(*) FROM live."Family" f WHERE f."userId" = u."id") AS "families"
  FROM "User" u WHERE u."id" = $1::int4 AND u."role" = 'OWNER'
