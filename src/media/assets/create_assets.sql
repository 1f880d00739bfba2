-- New assets of tenant $1, made by $2, in group $3 (NULL: none), whose files are there already; all of them or none.
-- $4 names, $5 file names, $6 paths for old clients, $7 hashes, $8 the place of the files, $9 their keys, $10 sizes, $11
-- types, $12 'waiting' where thumbnails are to be made, else 'none', $13 request id. Content that is there already keeps
-- its file: the key then is another one than that of $9, and nobody needs the new file. No rows: there is no such group.
WITH folder AS MATERIALIZED (
    SELECT g."id" FROM live."AssetGroup" g WHERE g."userId" = $1::int4 AND g."id" = $3::int4 FOR SHARE),
given AS MATERIALIZED (
    SELECT t.name, t.file_name, t.path, t.hash, t.key, t.size::int8 AS size, t.mime_type, t.thumbnails, t.place
      FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $9::text[], $10::text[], $11::text[], $12::text[])
           WITH ORDINALITY AS t (name, file_name, path, hash, key, size, mime_type, thumbnails, place)
     WHERE $3::int4 IS NULL OR EXISTS (SELECT FROM folder)),
content AS (
    INSERT INTO "StoredContent" ("hash", "place", "key", "size", "mimeType", "thumbnails")
    SELECT DISTINCT ON (g.hash) g.hash, $8::text, g.key, g.size, g.mime_type, g.thumbnails FROM given g ORDER BY g.hash, g.place
    ON CONFLICT ("hash") DO UPDATE SET "hash" = EXCLUDED."hash"
    RETURNING "hash", "place", "key", "thumbnails"),
asset AS (
    INSERT INTO live."Asset" ("name", "fileName", "filePath", "thumbnailPath", "mimeType", "size", "userId", "assetGroupId",
                              "contentHash", "uploadDate", "createdAt", "updatedAt")
    SELECT g.name, g.file_name, g.path,
           CASE WHEN c."thumbnails" IN ('waiting', 'ready') THEN regexp_replace(g.path, '\.[^./]*$', '') || '_thumb.webp' END,
           g.mime_type, g.size, $1::int4, $3::int4, c."hash", t.now, t.now, t.now
      FROM given g JOIN content c ON c."hash" = g.hash, (SELECT now() AT TIME ZONE 'UTC' AS now) t
     ORDER BY g.place
    RETURNING "id", "name", "filePath", "size"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'asset.create', 'asset', a."id", $13::text,
           jsonb_build_object('name', a."name", 'size', a."size") FROM asset a ORDER BY a."id")
SELECT a."id", c."place", c."key"
  FROM given g JOIN asset a ON a."filePath" = g.path JOIN content c ON c."hash" = g.hash
 ORDER BY g.place
