-- Makes the living products $4 of tenant $1 variants of the product $3, for $2. $5 request id. All rows are locked in the
-- order of their ids, the parent too. Those that can't be had are named: missing ones, and those that have variants.
WITH item AS MATERIALIZED (
    SELECT p."id", p."name", p."familyId", p."parentProductId", p."detachedBy"
      FROM live."Product" p
     WHERE p."userId" = $1::int4 AND (p."id" = $3::int4 OR p."id" = ANY ($4::int4[]))
     ORDER BY p."id" FOR UPDATE),
parent AS (
    SELECT i."id", i."name", i."familyId", i."parentProductId" IS NOT NULL AND i."detachedBy" IS NULL AS is_variant
      FROM item i WHERE i."id" = $3::int4),
family AS MATERIALIZED (
    SELECT "id" FROM live."Family" WHERE "userId" = $1::int4 AND "id" = (SELECT "familyId" FROM parent) FOR SHARE),
refused AS (
    SELECT i."id" FROM item i
     WHERE i."id" = ANY ($4::int4[])
       AND (i."id" = $3::int4 OR EXISTS (SELECT FROM live."Product" c WHERE c."userId" = $1::int4 AND c."parentProductId" = i."id"))),
chosen AS (
    SELECT i."id", i."parentProductId", i."detachedBy" FROM item i, parent p
     WHERE NOT p.is_variant AND i."id" <> p."id" AND i."id" NOT IN (SELECT r."id" FROM refused r)),
changed AS (
    UPDATE live."Product" v
       SET "parentProductId" = $3::int4, "detachedBy" = NULL, "familyId" = coalesce((SELECT f."id" FROM family f), v."familyId"),
           "updatedAt" = now() AT TIME ZONE 'UTC', "version" = v."version" + 1
      FROM chosen c
     WHERE v."userId" = $1::int4 AND v."id" = c."id"
       AND (c."parentProductId" IS DISTINCT FROM $3::int4 OR c."detachedBy" IS NOT NULL)
    RETURNING v."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'product.bulk_update', 'product', $5::text,
           jsonb_build_object('count', count(*), 'fields', ARRAY['parentProductId'], 'parentProductId', $3::int4,
                              'ids', to_jsonb(array_agg(c."id" ORDER BY c."id")))
      FROM changed c HAVING count(*) > 0)
SELECT EXISTS (SELECT FROM parent) AS "parentFound", coalesce((SELECT p.is_variant FROM parent p), false) AS "parentIsVariant",
       (SELECT count(*)::int4 FROM chosen) AS "attached",
       ARRAY(SELECT DISTINCT t.i FROM unnest($4::int4[]) AS t (i) WHERE t.i NOT IN (SELECT "id" FROM item) ORDER BY 1) AS "missing",
       ARRAY(SELECT r."id" FROM refused r ORDER BY 1) AS "refused"
