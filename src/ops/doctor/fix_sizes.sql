-- The sizes of groups, counted again. As entry $1 of the journal.
WITH wrong AS (
    SELECT g."id", g."totalSize", s.bytes
      FROM "AssetGroup" g, LATERAL (SELECT coalesce(sum(a."size"), 0) AS bytes FROM "Asset" a WHERE a."assetGroupId" = g."id" AND NOT a."isDeleted") s
     WHERE g."totalSize" <> s.bytes ORDER BY g."id" FOR UPDATE OF g),
put_right AS (UPDATE "AssetGroup" g SET "totalSize" = w.bytes FROM wrong w WHERE w."id" = g."id")
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
SELECT $1::int8, 'update', 'AssetGroup', jsonb_build_object('id', w."id", 'totalSize', w."totalSize") FROM wrong w
