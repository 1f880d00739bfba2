-- The file that content $1, which is in $2 under the key $3, was copied from is to be removed: in a minute, when whoever is
-- reading it has ended.
WITH content AS MATERIALIZED (
    SELECT c."hash", c."copiedFromPlace", c."copiedFromKey" FROM "StoredContent" c
     WHERE c."hash" = $1::text AND c."place" = $2::text AND c."key" = $3::text AND c."copiedFromPlace" IS NOT NULL FOR UPDATE),
removal AS (
    INSERT INTO "FileRemoval" ("hash", "place", "key", "nextTryAt")
    SELECT c."hash", c."copiedFromPlace", c."copiedFromKey", now() + interval '1 minute' FROM content c),
forgotten AS (
    UPDATE "StoredContent" t SET "copiedFromPlace" = NULL, "copiedFromKey" = NULL
      FROM content c WHERE t."hash" = c."hash"
    RETURNING t."hash")
SELECT f."hash" FROM forgotten f
