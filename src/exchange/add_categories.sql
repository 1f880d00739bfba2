-- The categories of level $2 (1: roots) that tenant $1 does not have yet, below those of the level above.
/* category_path.part.sql */,
made AS (
    INSERT INTO live."Category" ("name", "parentCategoryId", "userId", "createdAt", "updatedAt")
    SELECT DISTINCT i.path[$2::int4], k."id", $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM import_category i
      LEFT JOIN known k ON k.path = i.path[1:$2::int4 - 1]
     WHERE cardinality(i.path) >= $2::int4 AND ($2::int4 = 1 OR k."id" IS NOT NULL)
       AND NOT EXISTS (SELECT FROM known o WHERE o.path = i.path[1:$2::int4])
     ORDER BY 2, 1
    ON CONFLICT DO NOTHING
    RETURNING "id", "name", "parentCategoryId")
INSERT INTO import_made_model (kind, id, name)
SELECT 'category', m."id", array_to_string(k.path || m."name", '/') FROM made m LEFT JOIN known k ON k."id" = m."parentCategoryId"
