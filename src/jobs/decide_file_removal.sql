-- Takes the next word that some content may be nobody's any more: where it is, the content goes, and its file is to be
-- removed, with the one that it was copied from; else the word is dropped. A new asset with the same bytes waits for this,
-- or this fails by the foreign key of "Asset". Gives how many words there were: 0 or 1.
WITH word AS MATERIALIZED (
    SELECT r."id", r."hash" FROM "FileRemoval" r
     WHERE r."key" IS NULL AND r."nextTryAt" <= now() ORDER BY r."id" LIMIT 1 FOR UPDATE SKIP LOCKED),
gone AS (
    DELETE FROM "StoredContent" c USING word w
     WHERE c."hash" = w."hash" AND NOT EXISTS (SELECT FROM "Asset" a WHERE a."contentHash" = c."hash")
    RETURNING c."hash", c."place", c."key", c."copiedFromPlace", c."copiedFromKey"),
noted AS (
    UPDATE "FileRemoval" r SET "place" = g."place", "key" = g."key"
      FROM word w JOIN gone g ON g."hash" = w."hash" WHERE r."id" = w."id"),
copy_noted AS (
    INSERT INTO "FileRemoval" ("hash", "place", "key")
    SELECT g."hash", g."copiedFromPlace", g."copiedFromKey" FROM gone g WHERE g."copiedFromPlace" IS NOT NULL),
dropped AS (
    DELETE FROM "FileRemoval" r USING word w
     WHERE r."id" = w."id" AND NOT EXISTS (SELECT FROM gone g WHERE g."hash" = w."hash"))
SELECT (SELECT count(*) FROM word) AS "words"
