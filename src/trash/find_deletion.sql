-- The act of deleting $4 of tenant $1, where it is of the kinds $2. $3 the retention in days.
SELECT 1::int8 AS "total",
       /* deletion_columns.part.sql */
  FROM "Deletion" d
 WHERE d."userId" = $1::int4 AND d."kind" = ANY ($2::text[]) AND d."id" = $4::int8
