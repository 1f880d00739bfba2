restored_{cte} AS (
    UPDATE "{table}" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL, "{name}" = coalesce(p.new_name, t."{name}"){sku_restored},
           "updatedAt" = CASE WHEN coalesce(p.new_sku, p.new_name) IS NULL THEN t."updatedAt" ELSE now() AT TIME ZONE 'UTC' END
      FROM planned p
     WHERE p.kind = '{kind}' AND p.comes_back AND t."id" = p."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END AND (SELECT count(*) FROM replaced) >= 0
    RETURNING t."id"),
