-- Makes the variant $4 of the product $3 of tenant $1 stand alone, for $2: it keeps its values, those that it inherited
-- too. $5 request id. No row: it is no variant of that product.
WITH changed AS (
    UPDATE live."Product" v
       SET "parentProductId" = NULL, "detachedBy" = NULL, "updatedAt" = now() AT TIME ZONE 'UTC', "version" = v."version" + 1
     WHERE v."userId" = $1::int4 AND v."id" = $4::int4 AND v."parentProductId" = $3::int4
    RETURNING v."id", v."name", v."sku"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'product.unlink', 'product', c."id", $5::text,
           jsonb_build_object('name', c."name", 'sku', c."sku", 'parentProductId', $3::int4) FROM changed c)
SELECT c."name" FROM changed c
