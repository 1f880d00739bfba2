-- A page of the trashed categories of tenant $1, last deleted first: $2 rows after the first $3, or after the row deleted
-- at $4 with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT count(*) FROM "Category" n WHERE n."userId" = $1::int4 AND n."isDeleted") AS "total",
       c."id", c."name", NULL::text AS "type", c."description" AS "description", c."parentCategoryId" AS "parentCategoryId",
       c."userId", c."createdAt", c."updatedAt", c."deletedAt", c."deletionId", d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", c."deletedAt" + make_interval(days => trash_retention($1::int4, $6::int4))) AS "purgeAt"
  FROM "Category" c LEFT JOIN "Deletion" d ON d."id" = c."deletionId"
 WHERE c."userId" = $1::int4 AND c."isDeleted"
   AND ($4::timestamp IS NULL OR (c."deletedAt", c."id") < ($4::timestamp, $5::int4))
 ORDER BY c."deletedAt" DESC, c."id" DESC LIMIT $2::int4 OFFSET $3::int8
