-- Gives the living asset $3 of tenant $1 another file, for $2: $4 hash, $5 place, $6 key, $7 size, $8 type, $9 'waiting'
-- where thumbnails are to be made, else 'none', $10 request id. The path stays. The old content goes when nobody else has it (a trigger of
-- "Asset" leaves word). No row: there is no such asset.
WITH asset AS MATERIALIZED (
    SELECT a."id", a."name", a."contentHash" FROM live."Asset" a
     WHERE a."userId" = $1::int4 AND a."id" = $3::int4 FOR UPDATE),
content AS (
    INSERT INTO "StoredContent" ("hash", "place", "key", "size", "mimeType", "thumbnails")
    SELECT $4::text, $5::text, $6::text, $7::int8, $8::text, $9::text FROM asset
    ON CONFLICT ("hash") DO UPDATE SET "hash" = EXCLUDED."hash"
    RETURNING "hash", "place", "key", "thumbnails"),
replaced AS (
    UPDATE live."Asset" t
       SET "contentHash" = c."hash", "size" = $7::int8, "mimeType" = $8::text, "version" = t."version" + 1,
           "uploadDate" = now() AT TIME ZONE 'UTC', "updatedAt" = now() AT TIME ZONE 'UTC',
           "thumbnailPath" = CASE WHEN c."thumbnails" IN ('waiting', 'ready') THEN
               coalesce(t."thumbnailPath", regexp_replace(t."filePath", '\.[^./]*$', '') || '_thumb.webp') END
      FROM asset a, content c
     WHERE t."userId" = $1::int4 AND t."id" = a."id"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'asset.update', 'asset', a."id", $10::text,
           jsonb_build_object('name', a."name", 'file', $4::text, 'before', a."contentHash") FROM asset a)
SELECT r."id", c."place", c."key" FROM replaced r, content c
