{union} SELECT '{kind}'::text AS kind, t."id", t."{name}" AS name, {sku} AS sku, {place} AS place, {parent} AS parent,
           t."deletionId", t."deletedAt"
      FROM (SELECT DISTINCT w."id" FROM wanted w WHERE w.kind = '{kind}') w JOIN "{table}" t ON t."id" = w."id"
     WHERE CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END
