-- Adds an attribute to the living family $3 of tenant $1, for $2; or nothing, and the reasons. $4 the attribute, $5 the
-- same where it is required, $6 its additional value, each as an array of one; $7 request id.
WITH /* given_attributes.part.sql */,
family AS MATERIALIZED (
    SELECT f."id", f."name" FROM live."Family" f WHERE f."userId" = $1::int4 AND f."id" = $3::int4 FOR UPDATE),
added AS (
    INSERT INTO "FamilyAttribute" ("familyId", "attributeId", "isRequired", "additionalValue")
    SELECT f."id", g."attributeId", g.is_required, g."value" FROM family f, given g WHERE g.trouble IS NULL
    ON CONFLICT ("familyId", "attributeId") DO NOTHING
    RETURNING "id"),
changed AS (
    UPDATE live."Family" f
       SET "updatedAt" = greatest(now() AT TIME ZONE 'UTC', f."updatedAt" + interval '1 millisecond')
     WHERE f."userId" = $1::int4 AND f."id" = $3::int4 AND EXISTS (SELECT FROM added)),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'family.update', 'family', f."id", $7::text,
           jsonb_build_object('name', f."name", 'added', to_jsonb($4::int4[]))
      FROM family f WHERE EXISTS (SELECT FROM added))
SELECT (SELECT a."id" FROM added a) AS "id", EXISTS (SELECT FROM family) AS "isFound",
       c."unknownAttributes", c."wrongPlaces", c."troubles"
  FROM checked c
