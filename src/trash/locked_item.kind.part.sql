{cte}_item AS MATERIALIZED (
    SELECT '{kind}'::text AS kind, t."id", t."{name}" AS name, {sku} AS sku, {place} AS place, {parent} AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id", w."deletionId" FROM wanted w WHERE w.kind = '{kind}') w
      JOIN "{table}" t ON t."id" = w."id" AND t."deletionId" IS NOT DISTINCT FROM w."deletionId"
     WHERE CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END ORDER BY t."id" FOR UPDATE OF t),
