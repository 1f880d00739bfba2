-- A page of the trashed products of tenant $1, last deleted first: $2 rows after the first $3, or after the row
-- deleted at $4 with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t
         WHERE t."userId" = $1::int4 AND t."kind" = 'product.trash') AS "total",
       p."id", p."name", p."sku", p."productLink", p."imageUrl", array_remove(p."subImages", NULL) AS "subImages",
       p."thumbnailUrl", array_remove(p."thumbnailSubImages", NULL) AS "thumbnailSubImages", p."status",
       p."categoryId", p."attributeGroupId", p."familyId", p."parentProductId", p."userId",
       p."createdAt", p."updatedAt", p."deletedAt", p."isDeleted", p."deletionId", d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", p."deletedAt" + make_interval(days => trash_retention($1::int4, $6::int4))) AS "purgeAt"
  FROM "Product" p LEFT JOIN "Deletion" d ON d."id" = p."deletionId"
 WHERE p."userId" = $1::int4 AND p."isDeleted"
   AND ($4::timestamp IS NULL OR (p."deletedAt", p."id") < ($4::timestamp, $5::int4))
 ORDER BY p."deletedAt" DESC, p."id" DESC LIMIT $2::int4 OFFSET $3::int8
