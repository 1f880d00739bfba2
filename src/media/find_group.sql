-- The living asset group $2 of tenant $1, with the size and count of what is living in it.
SELECT /* group_columns.part.sql */
  FROM live."AssetGroup" g CROSS JOIN /* group_members.part.sql */
 WHERE g."userId" = $1::int4 AND g."id" = $2::int4
