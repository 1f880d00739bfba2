-- A page of the asset groups of tenant $1 below group $4 (NULL: at the root, and those whose parent is in the trash): $2
-- rows after the first $3. Filters that are NULL don't count: $5 name like this, $6 and $7 assets from and to, $8 and $9
-- bytes from and to, $10 has assets, $11 and $12 made from and to. $13 ascending, $14 the first thousand on one page, $15 sorted
-- by. Sizes and counts are those of the living.
WITH hits AS MATERIALIZED (
    /* matching_groups.part.sql */
),
page AS MATERIALIZED (
    SELECT h."id", row_number() OVER () AS place
      FROM (SELECT h."id" FROM hits h
             ORDER BY CASE WHEN $13::bool THEN h.text_key END, CASE WHEN NOT $13::bool THEN h.text_key END DESC,
                      CASE WHEN $13::bool THEN h.time_key END, CASE WHEN NOT $13::bool THEN h.time_key END DESC,
                      CASE WHEN $13::bool THEN h."id" END, CASE WHEN NOT $13::bool THEN h."id" END DESC
             LIMIT CASE WHEN $14::bool THEN 1000 ELSE $2::int4 END OFFSET $3::int8) h)
SELECT (SELECT count(*) FROM hits) AS "total",
       /* group_columns.part.sql */
  FROM page JOIN live."AssetGroup" g ON g."id" = page."id" CROSS JOIN /* group_members.part.sql */
 WHERE g."userId" = $1::int4
 ORDER BY page.place
