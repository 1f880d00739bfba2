-- A page of the trashed attribute groups of tenant $1, last deleted first: $2 rows after the first $3, or after the row deleted
-- at $4 with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT count(*) FROM "AttributeGroup" n WHERE n."userId" = $1::int4 AND n."isDeleted") AS "total",
       g."id", g."name", NULL::text AS "type", g."description" AS "description", NULL::int4 AS "parentCategoryId",
       g."userId", g."createdAt", g."updatedAt", g."deletedAt", g."deletionId", d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", g."deletedAt" + make_interval(days => trash_retention($1::int4, $6::int4))) AS "purgeAt"
  FROM "AttributeGroup" g LEFT JOIN "Deletion" d ON d."id" = g."deletionId"
 WHERE g."userId" = $1::int4 AND g."isDeleted"
   AND ($4::timestamp IS NULL OR (g."deletedAt", g."id") < ($4::timestamp, $5::int4))
 ORDER BY g."deletedAt" DESC, g."id" DESC LIMIT $2::int4 OFFSET $3::int8
