-- Changes the living family $3 of tenant $1, for $2; or nothing, and the reasons. $7 name (NULL: as it is), $8 request id.
-- $9, $10: the list of required attributes, the list of the others, is given; one that is not given stays as it is, but
-- for attributes that the other one takes over. $4 the attributes of both, $5 those of them that are required, $6 their
-- additional values, $11 those whose additional value is given. Attributes that leave the family leave their values at
-- the products. Who waited for another change of the family saw what was before it: `isStale`, and it is tried again.
WITH /* given_attributes.part.sql */,
family AS MATERIALIZED (
    SELECT f."id", f."updatedAt" FROM live."Family" f WHERE f."userId" = $1::int4 AND f."id" = $3::int4 FOR UPDATE),
seen AS (
    SELECT f."updatedAt" FROM live."Family" f WHERE f."userId" = $1::int4 AND f."id" = $3::int4),
member AS MATERIALIZED (
    SELECT m."id", m."attributeId", m."isRequired" FROM "FamilyAttribute" m
      JOIN live."Attribute" a ON a."id" = m."attributeId"
     WHERE m."familyId" = (SELECT f."id" FROM family f)),
checks AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM family) AS "isFound",
           EXISTS (SELECT FROM family f, seen s WHERE f."updatedAt" <> s."updatedAt") AS "isStale",
           c."unknownAttributes", c."wrongPlaces", c."troubles"
      FROM checked c),
passed AS MATERIALIZED (
    SELECT 1 FROM checks c
     WHERE c."isFound" AND NOT c."isStale" AND cardinality(c."unknownAttributes") = 0
       AND cardinality(c."troubles") = 0),
removed AS (
    DELETE FROM "FamilyAttribute" m USING passed
     WHERE m."id" IN (SELECT o."id" FROM member o WHERE CASE WHEN o."isRequired" THEN $9::bool ELSE $10::bool END
                                                    AND o."attributeId" <> ALL ($4::int4[]))
    RETURNING m."attributeId"),
written AS (
    INSERT INTO "FamilyAttribute" AS m ("familyId", "attributeId", "isRequired", "additionalValue")
    SELECT $3::int4, g."attributeId", g.is_required, g."value" FROM passed, given g ORDER BY g.place
    ON CONFLICT ("familyId", "attributeId") DO UPDATE
       SET "isRequired" = excluded."isRequired",
           "additionalValue" = CASE WHEN m."attributeId" = ANY ($11::int4[]) THEN excluded."additionalValue"
                                    ELSE m."additionalValue" END),
kept AS (
    SELECT count(*) AS "values" FROM "ProductAttribute" v JOIN live."Product" p ON p."id" = v."productId"
     WHERE p."userId" = $1::int4 AND p."familyId" = $3::int4 AND v."value" <> ''
       AND v."attributeId" IN (SELECT r."attributeId" FROM removed r)),
changed AS (
    UPDATE live."Family" f
       SET "name" = coalesce($7::text, f."name"),
           "updatedAt" = greatest(now() AT TIME ZONE 'UTC', f."updatedAt" + interval '1 millisecond')
      FROM passed
     WHERE f."userId" = $1::int4 AND f."id" = $3::int4
    RETURNING f."id", f."name"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'family.update', 'family', f."id", $8::text,
           jsonb_build_object('name', f."name", 'removed', to_jsonb(ARRAY(SELECT r."attributeId" FROM removed r ORDER BY 1)))
      FROM changed f)
SELECT (SELECT f."id" FROM changed f) AS "id", c."isFound", c."isStale", c."unknownAttributes", c."wrongPlaces",
       c."troubles", (SELECT count(*)::int4 FROM removed) AS "removed", (SELECT k."values" FROM kept k) AS "keptValues"
  FROM checks c
