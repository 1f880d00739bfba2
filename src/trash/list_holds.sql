-- The legal holds of tenant $1, the last first: $3 after the one with the id $4 (NULL: from the start), with $2 those too that were
-- released.
SELECT (SELECT count(*) FROM "LegalHold" n WHERE n."userId" = $1::int4 AND ($2::bool OR n."releasedAt" IS NULL)) AS "total",
       h."id", h."kind", h."itemId", h."reason", h."placedBy", h."placedAt" AT TIME ZONE 'UTC' AS "placedAt",
       h."releasedBy", h."releasedAt" AT TIME ZONE 'UTC' AS "releasedAt"
  FROM "LegalHold" h
 WHERE h."userId" = $1::int4 AND ($2::bool OR h."releasedAt" IS NULL) AND ($4::int8 IS NULL OR h."id" < $4::int8)
 ORDER BY h."id" DESC LIMIT $3::int4
