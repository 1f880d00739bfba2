trashed_{cte} AS (
    UPDATE "{table}" t SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id"
      FROM {cte}_item i, deletion d WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN NOT t."isDeleted" END
    RETURNING t."id"),
