LATERAL (SELECT count(*)::int4 AS "assets", coalesce(sum(a."size"), 0)::int8 AS "bytes"
                       FROM live."Asset" a WHERE a."userId" = $1::int4 AND a."assetGroupId" = g."id") m
