{cte}_alone AS MATERIALIZED (
    SELECT t."id", t."deletedAt" FROM "{table}" t
     WHERE t."userId" = $1::int4 AND t."isDeleted" AND t."deletionId" IS NULL
       AND t."id" IN (SELECT c."id" FROM coming c WHERE c."kind" = '{kind}' AND c."deletionId" IS NULL)
     ORDER BY t."id" FOR UPDATE),
{cte}_act AS (
    INSERT INTO "Deletion" ("userId", "kind", "rootId", "itemCount", "reason", "createdAt", "purgeAfter")
    SELECT $1::int4, 'adopted', l."id", 1, 'deleted by another program, and kept by its owner', l."deletedAt",
           $3::timestamp + make_interval(days => $4::int4) FROM {cte}_alone l
    RETURNING "id", "rootId", "purgeAfter"),
{cte}_taken AS (
    UPDATE "{table}" t SET "deletionId" = a."id" FROM {cte}_act a WHERE t."id" = a."rootId"
    RETURNING t."id", a."id" AS act, a."purgeAfter"),
