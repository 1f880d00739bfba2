replaced_{cte} AS (
    UPDATE "{table}" t SET "isDeleted" = true, "deletedAt" = h."createdAt", "deletionId" = h."deletionId"
      FROM replacing h WHERE h.kind = '{kind}' AND t."id" = h."id" AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
    RETURNING t."id", t."{name}" AS name, t."deletionId", h.is_root, h."itemCount"),
