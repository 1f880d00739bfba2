purged_{cte} AS (
    DELETE FROM "{table}" t USING doomed i
     WHERE i.kind = '{kind}' AND t."id" = i."id" AND t."isDeleted" AND (SELECT count(*) FROM described) >= 0
    RETURNING t."id"),
