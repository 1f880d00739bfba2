a."id", a."name", a."fileName", a."filePath", a."thumbnailPath", a."mimeType", a."uploadDate", a."size", a."userId",
       f."id" AS "assetGroupId", a."createdAt", a."updatedAt", a."contentHash", a."version", c."width", c."height",
       c."thumbnails", c."trouble",
       CASE WHEN f."id" IS NOT NULL THEN ROW(f."id", f."groupName", f."createdDate", f."totalSize", f."userId",
                                             f."parentGroupId", f."createdAt", f."updatedAt") END AS "assetGroup"
