-- What is chosen of the trash of tenant $1: of the kinds $2, those with an id of $3, of the deletion $4, whose name or SKU is like
-- $5, deleted by $6, at $7 or later, before $8 (each NULL: whatever it is); $9 rows at most. Nothing of a deletion that
-- still goes on. (+ 0: what has ids is found by them, not among all of the tenant's.)
chosen AS MATERIALIZED (
    SELECT t."kind", t."id", t."deletionId"
      FROM trash."Item" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
     WHERE ($3::int4[] IS NULL AND t."userId" = $1::int4 OR t."userId" + 0 = $1::int4 AND t."id" = ANY ($3::int4[]))
       AND t."kind" = ANY ($2::text[])
       AND ($4::int8 IS NULL OR t."deletionId" = $4::int8)
       AND ($5::text IS NULL OR t."name" ILIKE $5::text OR t."sku" ILIKE $5::text)
       AND ($6::int4 IS NULL OR d."actorId" = $6::int4)
       AND ($7::timestamp IS NULL OR t."deletedAt" >= $7::timestamp)
       AND ($8::timestamp IS NULL OR t."deletedAt" < $8::timestamp)
       AND NOT EXISTS (SELECT FROM "Deletion" r WHERE r."userId" = $1::int4 AND r."id" = $4::int8 AND r."state" = 'running')
     ORDER BY t."kind", t."id" LIMIT $9::int4),
