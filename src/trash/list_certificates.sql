-- The certificates of what was deleted for good in tenant $1, the last first: $2 after the one with the id $3 (NULL: from the start).
SELECT (SELECT count(*) FROM "PurgeCertificate" n WHERE n."userId" = $1::int4) AS "total",
       c."id", c."actorId", c."reason", c."requestId", c."itemCount", c."contentHash",
       c."createdAt" AT TIME ZONE 'UTC' AS "createdAt",
       ARRAY(SELECT ROW(k."kind", k.rows) FROM (SELECT i."kind", count(*)::int4 AS rows FROM "PurgedItem" i
                                                 WHERE i."certificateId" = c."id" GROUP BY i."kind" ORDER BY i."kind") k) AS "kinds"
  FROM "PurgeCertificate" c
 WHERE c."userId" = $1::int4 AND ($3::int8 IS NULL OR c."id" < $3::int8)
 ORDER BY c."id" DESC LIMIT $2::int4
