-- A page of the assets of tenant $1 that match: $2 rows after the first $3, or after the row with creation time $4 and id
-- $5 (newest first only). $6 where: root, grouped, or group ($7). Filters that are NULL don't count: $8 name or file name
-- like this, $9 beginning like this, $10 type like this, $11 and $12 size from and to, $13 and $14 made from and to.
-- $15 ascending, $16 sorted by. Assets of a group that is in the trash are at the root meanwhile.
WITH hits AS NOT MATERIALIZED (
    /* matching_assets.part.sql */
),
page AS MATERIALIZED (
    SELECT h."id", h."assetGroupId", row_number() OVER () AS place
      FROM (SELECT h."id", h."assetGroupId" FROM hits h
             WHERE $4::timestamp IS NULL OR (h."createdAt", h."id") < ($4::timestamp, $5::int4)
             ORDER BY CASE WHEN $15::bool THEN h.text_key END, CASE WHEN NOT $15::bool THEN h.text_key END DESC,
                      CASE WHEN $15::bool THEN h.number_key END, CASE WHEN NOT $15::bool THEN h.number_key END DESC,
                      CASE WHEN $15::bool THEN h.time_key END, CASE WHEN NOT $15::bool THEN h.time_key END DESC,
                      CASE WHEN $15::bool THEN h."id" END, CASE WHEN NOT $15::bool THEN h."id" END DESC
             LIMIT $2::int4 OFFSET $3::int8) h),
/* folder.part.sql */
SELECT (SELECT count(*) FROM hits) AS "total",
       /* asset_columns.part.sql */
  FROM page JOIN live."Asset" a ON a."id" = page."id"
  LEFT JOIN folder f ON f."id" = a."assetGroupId"
  LEFT JOIN "StoredContent" c ON c."hash" = a."contentHash"
 WHERE a."userId" = $1::int4
 ORDER BY page.place
