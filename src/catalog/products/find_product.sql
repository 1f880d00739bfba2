-- The living products of tenant $1 with the ids $2, whole. (An array that the planner can't see into has one plan for all.)
SELECT /* product_detail.part.sql */
 WHERE p."userId" = $1::int4 AND p."id" = ANY (ARRAY(SELECT unnest($2::int4[])))
