-- The rows, only looked at.
item AS MATERIALIZED (
    SELECT DISTINCT t."kind" AS kind, t."id", t."name" AS name, t."sku" AS sku, t."place" AS place, t."parentId" AS parent,
           t."deletionId", t."deletedAt"
      FROM wanted w JOIN trash."Item" t ON t."kind" = w.kind AND t."id" = w."id" AND t."userId" = $1::int4),
