-- A new category of tenant $1, made by $2; or nothing, and the reasons. $3 name, $4 description, $5 the parent, which is
-- held (FOR SHARE) so that it can't go to the trash meanwhile, $6 how deep a tree may be, $7 request id.
WITH RECURSIVE parent AS MATERIALIZED (
    SELECT c."id", c."parentCategoryId" FROM live."Category" c
     WHERE c."userId" = $1::int4 AND c."id" = $5::int4 FOR SHARE),
up AS (
    SELECT p."parentCategoryId" AS above, 1 AS levels FROM parent p
    UNION
    SELECT c."parentCategoryId", u.levels + 1 FROM up u JOIN live."Category" c ON c."id" = u.above
     WHERE c."userId" = $1::int4 AND u.levels <= $6::int4),
checks AS MATERIALIZED (
    SELECT $5::int4 IS NULL OR EXISTS (SELECT FROM parent) AS "isParentFound",
           coalesce((SELECT max(u.levels) FROM up u), 0) >= $6::int4 AS "isTooDeep"),
category AS (
    INSERT INTO live."Category" ("name", "description", "parentCategoryId", "userId", "createdAt", "updatedAt")
    SELECT $3::text, $4::text, $5::int4, $1::int4, t.now, t.now
      FROM checks c, (SELECT now() AT TIME ZONE 'UTC' AS now) t
     WHERE c."isParentFound" AND NOT c."isTooDeep"
    RETURNING "id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'category.create', 'category', c."id", $7::text, jsonb_build_object('name', $3::text)
      FROM category c)
SELECT (SELECT c."id" FROM category c) AS "id", k."isParentFound", k."isTooDeep" FROM checks k
