-- A page of the trashed attributes of tenant $1, last deleted first: $2 rows after the first $3, or after the row deleted
-- at $4 with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT count(*) FROM "Attribute" n WHERE n."userId" = $1::int4 AND n."isDeleted") AS "total",
       a."id", a."name", a."type" AS "type", NULL::text AS "description", NULL::int4 AS "parentCategoryId",
       a."userId", a."createdAt", a."updatedAt", a."deletedAt", a."deletionId", d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", a."deletedAt" + make_interval(days => trash_retention($1::int4, $6::int4))) AS "purgeAt"
  FROM "Attribute" a LEFT JOIN "Deletion" d ON d."id" = a."deletionId"
 WHERE a."userId" = $1::int4 AND a."isDeleted"
   AND ($4::timestamp IS NULL OR (a."deletedAt", a."id") < ($4::timestamp, $5::int4))
 ORDER BY a."deletedAt" DESC, a."id" DESC LIMIT $2::int4 OFFSET $3::int8
