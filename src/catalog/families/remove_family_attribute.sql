-- Takes the attribute $4 out of the living family $3 of tenant $1, for $2. Its values stay at the products, as their own.
-- $5 request id. Always one row.
WITH family AS MATERIALIZED (
    SELECT f."id", f."name" FROM live."Family" f WHERE f."userId" = $1::int4 AND f."id" = $3::int4 FOR UPDATE),
removed AS (
    DELETE FROM "FamilyAttribute" m
     WHERE m."familyId" = (SELECT f."id" FROM family f)
       AND m."attributeId" = (SELECT a."id" FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."id" = $4::int4)
    RETURNING m."attributeId"),
kept AS (
    SELECT count(*) AS "values" FROM "ProductAttribute" v JOIN live."Product" p ON p."id" = v."productId"
     WHERE p."userId" = $1::int4 AND p."familyId" = $3::int4 AND v."value" <> ''
       AND v."attributeId" IN (SELECT r."attributeId" FROM removed r)),
changed AS (
    UPDATE live."Family" f
       SET "updatedAt" = greatest(now() AT TIME ZONE 'UTC', f."updatedAt" + interval '1 millisecond')
     WHERE f."userId" = $1::int4 AND f."id" = $3::int4 AND EXISTS (SELECT FROM removed)),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'family.update', 'family', f."id", $5::text,
           jsonb_build_object('name', f."name", 'removed', jsonb_build_array($4::int4))
      FROM family f WHERE EXISTS (SELECT FROM removed))
SELECT EXISTS (SELECT FROM family) AS "isFound", (SELECT count(*)::int4 FROM removed) AS "removed",
       (SELECT k."values" FROM kept k) AS "keptValues"
