-- Variants of tenant $1 are linked to the parent that the file names. The parents are held, so that they can't go to
-- the trash meanwhile.
WITH parent AS MATERIALIZED (
    SELECT p."id", p."sku" FROM live."Product" p
     WHERE p."userId" = $1::int4 AND p."sku" IN (SELECT l.parent FROM import_link l) ORDER BY p."id" FOR SHARE),
changed AS (
    UPDATE live."Product" v
       SET "parentProductId" = p."id", "detachedBy" = NULL, "updatedAt" = now() AT TIME ZONE 'UTC', "version" = v."version" + 1
      FROM import_link l JOIN parent p ON p."sku" = l.parent
     WHERE v."userId" = $1::int4 AND v."sku" = l.child AND v."parentProductId" IS DISTINCT FROM p."id"
    RETURNING v."id")
INSERT INTO import_changed (id, field) SELECT "id", 'parentSku' FROM changed ON CONFLICT DO NOTHING
