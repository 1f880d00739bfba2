-- Gives the living products $4 of tenant $1 the family $3, for $2; their variants follow. What is so already stays as it
-- is. $5 request id. Those that can't be had are named: missing ones, and variants whose parent has another family.
WITH family AS MATERIALIZED (
    SELECT "id", "name" FROM live."Family" WHERE "userId" = $1::int4 AND "id" = $3::int4 FOR SHARE),
item AS MATERIALIZED (
    SELECT p."id", p."familyId", CASE WHEN p."detachedBy" IS NULL THEN p."parentProductId" END AS parent
      FROM live."Product" p
     WHERE p."userId" = $1::int4 AND (p."id" = ANY ($4::int4[]) OR p."parentProductId" = ANY ($4::int4[]))
     ORDER BY p."id" FOR UPDATE),
bound AS (
    SELECT i."id" FROM item i JOIN live."Product" p ON p."id" = i.parent
     WHERE p."userId" = $1::int4 AND p."familyId" IS NOT NULL AND p."familyId" <> $3::int4 AND NOT p."id" = ANY ($4::int4[])),
chosen AS (
    SELECT i."id", i."familyId" FROM item i, family f WHERE i."id" NOT IN (SELECT b."id" FROM bound b)),
changed AS (
    UPDATE live."Product" p
       SET "familyId" = $3::int4, "updatedAt" = now() AT TIME ZONE 'UTC', "version" = p."version" + 1
      FROM chosen c
     WHERE p."userId" = $1::int4 AND p."id" = c."id" AND c."familyId" IS DISTINCT FROM $3::int4
    RETURNING p."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'product.bulk_update', 'product', $5::text,
           jsonb_build_object('count', count(*), 'fields', ARRAY['familyId'], 'familyId', $3::int4,
                              'ids', to_jsonb(array_agg(c."id" ORDER BY c."id")))
      FROM changed c WHERE c."id" = ANY ($4::int4[]) HAVING count(*) > 0)
SELECT EXISTS (SELECT FROM family) AS "familyFound",
       (SELECT count(*)::int4 FROM chosen c WHERE c."id" = ANY ($4::int4[])) AS "attached",
       ARRAY(SELECT DISTINCT t.i FROM unnest($4::int4[]) AS t (i) WHERE t.i NOT IN (SELECT "id" FROM item) ORDER BY 1) AS "missing",
       ARRAY(SELECT b."id" FROM bound b WHERE b."id" = ANY ($4::int4[]) ORDER BY 1) AS "refused"
