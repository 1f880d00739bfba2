replaced_{cte} AS (
    UPDATE "{table}" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM holder_item h JOIN holder_deletion d ON d."kind" = h.root_kind AND d."rootId" = h.root
     WHERE h.kind = '{kind}' AND t."id" = h."id" AND NOT t."isDeleted"
    RETURNING t."id", t."{name}" AS name, t."deletionId"),
