trashed_{cte} AS (
    UPDATE "{table}" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM {cte}_item i, deletion d WHERE t."id" = i."id" AND NOT t."isDeleted"
    RETURNING t."id"),
