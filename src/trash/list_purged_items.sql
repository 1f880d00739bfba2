-- What the certificate $2 of tenant $1 is about: $3 items after the first $4.
SELECT c."itemCount"::int8 AS "total", i."kind", i."itemId", i."deletionId", i."deletedAt", i."contentHash"
  FROM "PurgeCertificate" c JOIN "PurgedItem" i ON i."certificateId" = c."id"
 WHERE c."userId" = $1::int4 AND c."id" = $2::int8
 ORDER BY i."kind", i."itemId" LIMIT $3::int4 OFFSET $4::int8
