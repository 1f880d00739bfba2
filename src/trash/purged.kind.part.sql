purged_{cte} AS (
    DELETE FROM "{table}" t USING doomed i
     WHERE i.kind = '{kind}' AND t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END AND (SELECT count(*) FROM described) >= 0
    RETURNING t."id"),
