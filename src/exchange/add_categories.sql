-- The categories of level $2 (1: roots) that tenant $1 does not have yet, below those of the level above.
/* category_path.part.sql */
INSERT INTO live."Category" ("name", "parentCategoryId", "userId", "createdAt", "updatedAt")
SELECT DISTINCT i.path[$2::int4], k."id", $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM import_category i
  LEFT JOIN known k ON k.path = i.path[1:$2::int4 - 1]
 WHERE cardinality(i.path) >= $2::int4 AND ($2::int4 = 1 OR k."id" IS NOT NULL)
   AND NOT EXISTS (SELECT FROM known o WHERE o.path = i.path[1:$2::int4])
 ORDER BY 2, 1
ON CONFLICT DO NOTHING
