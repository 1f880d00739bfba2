purged_{cte} AS (
    DELETE FROM "{table}" t USING doomed i WHERE $3::text = '{kind}' AND t."id" = i."id" AND t."isDeleted"
    RETURNING t."id", i.name, i.sku, i."deletionId"),
