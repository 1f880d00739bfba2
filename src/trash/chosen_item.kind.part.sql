{union} SELECT '{kind}'::text AS kind, t."id", t."deletionId"
      FROM "{table}" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
     WHERE '{kind}' = ANY ($2::text[])
       AND ($3::int4[] IS NULL AND t."userId" = $1::int4 AND t."isDeleted"
            OR t."id" = ANY ($3::int4[]) AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END)
       AND ($4::int8 IS NULL OR t."deletionId" = $4::int8)
       AND ($5::text IS NULL OR t."{name}" ILIKE $5::text OR {sku} ILIKE $5::text)
       AND ($6::int4 IS NULL OR d."actorId" = $6::int4)
       AND ($7::timestamp IS NULL OR t."deletedAt" >= $7::timestamp)
       AND ($8::timestamp IS NULL OR t."deletedAt" < $8::timestamp)
