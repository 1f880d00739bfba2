-- Groups whose kept size is not that of their living assets: how many, and the first $1.
SELECT count(*) OVER () AS total, format('asset group %s: %s bytes instead of %s', g."id", g."totalSize", s.bytes) AS what
  FROM "AssetGroup" g, LATERAL (
        SELECT coalesce(sum(a."size"), 0) AS bytes
          FROM (VALUES (false)) AS absent ("isDeleted"),
               LATERAL (SELECT "size", "assetGroupId" FROM "Asset" WHERE NOT "isDeleted") a
         WHERE a."assetGroupId" = g."id") s
 WHERE g."totalSize" <> s.bytes ORDER BY g."id" LIMIT $1::int4
