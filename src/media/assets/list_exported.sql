-- The living assets of tenant $1 that are to be exported, $5 of them after id $4: all, or with $2 'selected' those of $3, or
-- with 'folders' those in the groups $3, and with $6 in the groups below them too. With the count of all that match.
WITH RECURSIVE folders AS (
    SELECT g."id" FROM live."AssetGroup" g
     WHERE $2::text = 'folders' AND g."userId" = $1::int4 AND g."id" = ANY ($3::int4[])
    UNION
    SELECT b."id" FROM folders w JOIN live."AssetGroup" b ON b."parentGroupId" = w."id"
     WHERE $6::bool AND b."userId" = $1::int4),
matching AS NOT MATERIALIZED (
    SELECT a."id" FROM live."Asset" a
     WHERE a."userId" = $1::int4
       AND ($2::text = 'all'
            OR ($2::text = 'selected' AND a."id" = ANY ($3::int4[]))
            OR ($2::text = 'folders' AND a."assetGroupId" IN (SELECT w."id" FROM folders w))))
SELECT (SELECT count(*) FROM matching) AS "total",
       a."id", a."name", a."fileName", a."filePath", a."mimeType", a."size", a."uploadDate", a."createdAt", a."updatedAt",
       g."id" AS "groupId", g."groupName",
       (SELECT p."id" FROM live."AssetGroup" p WHERE p."userId" = $1::int4 AND p."id" = g."parentGroupId") AS "parentId"
  FROM (SELECT m."id" FROM matching m WHERE m."id" > $4::int4 ORDER BY m."id" LIMIT $5::int4) page
  JOIN live."Asset" a ON a."id" = page."id"
  LEFT JOIN live."AssetGroup" g ON g."id" = a."assetGroupId" AND g."userId" = $1::int4
 WHERE a."userId" = $1::int4
 ORDER BY a."id"
