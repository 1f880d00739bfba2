{cte}_item AS MATERIALIZED (
    SELECT '{kind}'::text AS kind, t."id", t."{name}" AS name, {sku} AS sku FROM doomed d JOIN "{table}" t ON t."id" = d."id"
     WHERE d.kind = '{kind}' AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END ORDER BY t."id" FOR UPDATE OF t),
