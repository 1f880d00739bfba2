-- A page of the acts of deleting of tenant $1, of the kinds $2, the last first: $4 of them after the one with the id $5 (NULL: from
-- the start), by $6 (NULL: whoever), with $7 only those of which something is still in the trash. $3 the retention in days.
SELECT (SELECT count(*) FROM "Deletion" n
         WHERE n."userId" = $1::int4 AND n."kind" = ANY ($2::text[]) AND ($6::int4 IS NULL OR n."actorId" = $6::int4)
           AND (NOT $7::bool OR EXISTS (SELECT FROM trash."Item" t WHERE t."userId" = $1::int4 AND t."deletionId" = n."id")))
           AS "total",
       /* deletion_columns.part.sql */
  FROM "Deletion" d
 WHERE d."userId" = $1::int4 AND d."kind" = ANY ($2::text[]) AND ($6::int4 IS NULL OR d."actorId" = $6::int4)
   AND (NOT $7::bool OR EXISTS (SELECT FROM trash."Item" t WHERE t."userId" = $1::int4 AND t."deletionId" = d."id"))
   AND ($5::int8 IS NULL OR d."id" < $5::int8)
 ORDER BY d."id" DESC LIMIT $4::int4
