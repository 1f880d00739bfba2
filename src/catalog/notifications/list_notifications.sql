-- A page of the notifications of tenant $1, newest first, and how many there are: $2 rows after the first $3, or after
-- the one with the id $4; of the kind $5 and the action $6, where those are given (an import by the replaced service
-- wrote them in capitals). One row without a notification where the page is empty.
SELECT t."total", n."id", n."entityType", n."entityId", n."action", n."entityName", n."message", n."metadata",
       n."createdAt", n."actor"
  FROM (SELECT count(*) AS "total" FROM "Notification" n
         WHERE n."userId" = $1::int4
           AND ($5::text IS NULL OR n."entityType" IN ($5::text, upper($5::text)))
           AND ($6::text IS NULL OR n."action" IN ($6::text, upper($6::text)))) t
  LEFT JOIN LATERAL (
       SELECT n."id", CASE n."entityType" WHEN 'PRODUCT' THEN 'product' ELSE n."entityType" END AS "entityType",
              n."entityId", lower(n."action") AS "action", n."entityName", n."message",
              coalesce(n."metadata", '{}')::text AS "metadata", n."createdAt",
              (SELECT ROW(u."id", u."fullname", u."email") FROM "User" u WHERE u."id" = n."actorId") AS "actor"
         FROM "Notification" n
        WHERE n."userId" = $1::int4
          AND ($5::text IS NULL OR n."entityType" IN ($5::text, upper($5::text)))
          AND ($6::text IS NULL OR n."action" IN ($6::text, upper($6::text)))
          AND ($4::int4 IS NULL OR n."id" < $4::int4)
        ORDER BY n."id" DESC LIMIT $2::int4 OFFSET $3::int8) n ON true
