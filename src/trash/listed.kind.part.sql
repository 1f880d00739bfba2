{union} (SELECT {rank} AS rank, '{kind}'::text AS kind, t."id", t."{name}" AS name, {sku} AS sku, {parent} AS parent, t."deletedAt", t."deletionId"
       FROM "{table}" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
      WHERE '{kind}' = ANY ($2::text[]) AND t."userId" = $1::int4 AND t."isDeleted"
        AND ($3::int8 IS NULL OR t."deletionId" = $3::int8)
        AND ($4::text IS NULL OR t."{name}" ILIKE $4::text OR {sku} ILIKE $4::text)
        AND ($5::int4 IS NULL OR d."actorId" = $5::int4)
        AND ($6::timestamp IS NULL OR t."deletedAt" >= $6::timestamp)
        AND ($7::timestamp IS NULL OR t."deletedAt" < $7::timestamp)
        AND ($8::timestamp IS NULL OR (t."deletedAt", t."id") < ($8::timestamp, CASE
             WHEN $9::int4 = {rank} THEN $10::int4 WHEN $9::int4 < {rank} THEN 2147483647 ELSE 0 END))
      ORDER BY t."deletedAt" DESC, t."id" DESC LIMIT $11::int4)
