-- Rows and deletions that contradict each other: how many, and the first $1.
SELECT count(*) OVER () AS total, t.what
  FROM (SELECT format('%s %s lives, and names deletion %s', r.kind, r."id", r."deletionId") AS what
          FROM (SELECT 'product' AS kind, p."id", p."deletionId" FROM "Product" p WHERE NOT p."isDeleted" AND p."deletionId" IS NOT NULL
                UNION ALL SELECT 'asset', a."id", a."deletionId" FROM "Asset" a WHERE NOT a."isDeleted" AND a."deletionId" IS NOT NULL
                UNION ALL SELECT 'assetGroup', g."id", g."deletionId" FROM "AssetGroup" g WHERE NOT g."isDeleted" AND g."deletionId" IS NOT NULL
                UNION ALL SELECT 'category', c."id", c."deletionId" FROM "Category" c WHERE NOT c."isDeleted" AND c."deletionId" IS NOT NULL) r
        UNION ALL
        SELECT format('%s %s of tenant %s names deletion %s of tenant %s', i."kind", i."id", i."userId", d."id", d."userId")
          FROM trash."Item" i JOIN "Deletion" d ON d."id" = i."deletionId" WHERE d."userId" <> i."userId"
        UNION ALL
        SELECT format('deletion %s hides %s rows, and says %s', d."id", n.rows, d."itemCount")
          FROM (SELECT i."deletionId", count(*) AS rows FROM trash."Item" i WHERE i."deletionId" IS NOT NULL GROUP BY 1) n
          JOIN "Deletion" d ON d."id" = n."deletionId" WHERE n.rows > d."itemCount" AND d."state" = 'done') t
 ORDER BY t.what LIMIT $1::int4
