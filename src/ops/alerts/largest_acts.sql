-- The acts of the last hour that removed most, with who did them.
SELECT d."id", d."kind", d."itemCount", coalesce(u."email", 'somebody who is gone') AS "email", o."email" AS "owner"
  FROM "Deletion" d JOIN "User" o ON o."id" = d."userId" LEFT JOIN "User" u ON u."id" = coalesce(d."actorId", d."userId")
 WHERE d."createdAt" > now() AT TIME ZONE 'UTC' - interval '1 hour' AND d."kind" <> 'adopted'
 ORDER BY d."itemCount" DESC, d."id" DESC LIMIT 3
