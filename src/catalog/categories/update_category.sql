-- Changes the living category $3 of tenant $1, for $2; or nothing, and the reasons. $4 names the fields that are given:
-- $5 name, $6 description, $7 parent (NULL: the root). $8 how deep a tree may be, $9 request id. It and its new parent are
-- held in the order of their ids; that no category comes below itself is seen to by the triggers of "Category".
WITH RECURSIVE held AS MATERIALIZED (
    SELECT c."id", c."parentCategoryId" FROM live."Category" c
     WHERE c."userId" = $1::int4 AND c."id" IN ($3::int4, $7::int4) ORDER BY c."id" FOR UPDATE),
up AS (
    SELECT h."parentCategoryId" AS above, 1 AS levels FROM held h WHERE h."id" = $7::int4
    UNION
    SELECT c."parentCategoryId", u.levels + 1 FROM up u JOIN live."Category" c ON c."id" = u.above
     WHERE c."userId" = $1::int4 AND u.levels <= $8::int4),
down AS (
    SELECT h."id", 1 AS levels FROM held h WHERE h."id" = $3::int4 AND $7::int4 IS NOT NULL
    UNION
    SELECT c."id", d.levels + 1 FROM down d JOIN live."Category" c ON c."parentCategoryId" = d."id"
     WHERE c."userId" = $1::int4 AND d.levels <= $8::int4),
checks AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM held h WHERE h."id" = $3::int4) AS "isFound",
           $7::int4 IS NULL OR EXISTS (SELECT FROM held h WHERE h."id" = $7::int4) AS "isParentFound",
           EXISTS (SELECT FROM down d WHERE d."id" = $7::int4) AS "isBelowItself",
           coalesce((SELECT max(u.levels) FROM up u), 0) + coalesce((SELECT max(d.levels) FROM down d), 0) > $8::int4
               AS "isTooDeep"),
changed AS (
    UPDATE live."Category" c
       SET "name" = CASE WHEN 'name' = ANY ($4::text[]) THEN $5::text ELSE c."name" END,
           "description" = CASE WHEN 'description' = ANY ($4::text[]) THEN $6::text ELSE c."description" END,
           "parentCategoryId" = CASE WHEN 'parentCategoryId' = ANY ($4::text[]) THEN $7::int4
                                     ELSE c."parentCategoryId" END,
           "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM checks k
     WHERE c."userId" = $1::int4 AND c."id" = $3::int4
       AND k."isFound" AND k."isParentFound" AND NOT k."isBelowItself" AND NOT k."isTooDeep"
    RETURNING c."id", c."name"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'category.update', 'category', c."id", $9::text,
           jsonb_build_object('name', c."name", 'fields', to_jsonb($4::text[]))
      FROM changed c)
SELECT (SELECT c."id" FROM changed c) AS "id", k."isFound", k."isParentFound", k."isBelowItself", k."isTooDeep"
  FROM checks k
