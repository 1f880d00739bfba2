-- Rows in the trash that no deletion put there (another program did): how many, and the first $1.
SELECT count(*) OVER () AS total, format('%s %s, deleted at %s', i."kind", i."id", i."deletedAt") AS what
  FROM trash."Item" i WHERE i."deletionId" IS NULL ORDER BY i."kind", i."id" LIMIT $1::int4
