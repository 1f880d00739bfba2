d."id", d."kind", d."rootId",
       (SELECT n.name FROM (SELECT p."name" AS name FROM "Product" p WHERE d."kind" = 'product' AND p."id" = d."rootId"
                            UNION ALL SELECT a."name" FROM "Asset" a WHERE d."kind" = 'asset' AND a."id" = d."rootId"
                            UNION ALL SELECT g."groupName" FROM "AssetGroup" g WHERE d."kind" = 'assetGroup' AND g."id" = d."rootId"
                            UNION ALL SELECT c."name" FROM "Category" c WHERE d."kind" = 'category' AND c."id" = d."rootId"
                            UNION ALL SELECT f."name" FROM "Family" f WHERE d."kind" = 'family' AND f."id" = d."rootId"
                            UNION ALL SELECT a."name" FROM "Attribute" a WHERE d."kind" = 'attribute' AND a."id" = d."rootId"
                            UNION ALL SELECT g."name" FROM "AttributeGroup" g WHERE d."kind" = 'attributeGroup' AND g."id" = d."rootId") n)
           AS "rootName",
       d."itemCount",
       (SELECT count(*) FROM trash."Item" t WHERE t."userId" = $1::int4 AND t."deletionId" = d."id") AS "left",
       (SELECT count(*) FROM "PurgedItem" x WHERE x."deletionId" = d."id") AS "purged",
       d."actorId", (SELECT u."fullname" FROM "User" u WHERE u."id" = d."actorId") AS "actorName", d."reason", d."requestId", d."createdAt", d."purgeAfter", d."state",
       CASE WHEN d."rootId" IS NULL THEN (SELECT b."trouble" FROM "BulkAct" b
                                           WHERE b."userId" = $1::int4 AND b."act" = 'delete' AND b."deletionId" = d."id") END AS "trouble",
       coalesce(d."purgeAfter", d."createdAt" + make_interval(days => trash_retention($1::int4, $3::int4))) AS "purgeAt"
