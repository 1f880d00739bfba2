-- A new family of tenant $1, made by $2, with its attributes and its audit event; or nothing, and the reasons. The
-- attributes are held (FOR SHARE) so that they can't go to the trash meanwhile.
-- $3 name, $4 attributes, $5 those of them that are required, $6 their additional values, $7 request id.
WITH /* given_attributes.part.sql */,
family AS (
    INSERT INTO live."Family" ("name", "userId", "createdAt", "updatedAt")
    SELECT $3::text, $1::int4, t.now, t.now
      FROM checked c, (SELECT now() AT TIME ZONE 'UTC' AS now) t
     WHERE cardinality(c."unknownAttributes") = 0 AND cardinality(c."troubles") = 0
    RETURNING "id"),
members AS (
    INSERT INTO "FamilyAttribute" ("familyId", "attributeId", "isRequired", "additionalValue")
    SELECT f."id", g."attributeId", g.is_required, g."value" FROM family f, given g ORDER BY g.place),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'family.create', 'family', f."id", $7::text, jsonb_build_object('name', $3::text)
      FROM family f)
SELECT (SELECT f."id" FROM family f) AS "id", c."unknownAttributes", c."wrongPlaces", c."troubles" FROM checked c
