{cte}_item AS MATERIALIZED (
    SELECT t."id", t."{name}" AS name, {sku} AS sku, t."deletionId", t."deletedAt" FROM "{table}" t
     WHERE $3::text = '{kind}' AND t."userId" = $1::int4 AND t."id" = ANY ($4::int4[]) AND t."isDeleted"
     ORDER BY t."id" FOR UPDATE SKIP LOCKED),
