-- A page of the trashed families of tenant $1, last deleted first: $2 rows after the first $3, or after the row deleted
-- at $4 with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT count(*) FROM "Family" n WHERE n."userId" = $1::int4 AND n."isDeleted") AS "total",
       f."id", f."name", NULL::text AS "type", NULL::text AS "description", NULL::int4 AS "parentCategoryId",
       f."userId", f."createdAt", f."updatedAt", f."deletedAt", f."deletionId", d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", f."deletedAt" + make_interval(days => trash_retention($1::int4, $6::int4))) AS "purgeAt"
  FROM "Family" f LEFT JOIN "Deletion" d ON d."id" = f."deletionId"
 WHERE f."userId" = $1::int4 AND f."isDeleted"
   AND ($4::timestamp IS NULL OR (f."deletedAt", f."id") < ($4::timestamp, $5::int4))
 ORDER BY f."deletedAt" DESC, f."id" DESC LIMIT $2::int4 OFFSET $3::int8
