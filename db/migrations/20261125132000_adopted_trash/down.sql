-- Back to rows that no act put into the trash.
UPDATE "Product" v SET "detachedBy" = 0
  FROM "Deletion" d WHERE d."id" = v."detachedBy" AND d."kind" = 'adopted' AND v."detachedBy" IS NOT NULL;
UPDATE "Product" p SET "deletionId" = NULL FROM "Deletion" d WHERE d."id" = p."deletionId" AND d."kind" = 'adopted';
UPDATE "Asset" a SET "deletionId" = NULL FROM "Deletion" d WHERE d."id" = a."deletionId" AND d."kind" = 'adopted';
DELETE FROM "Deletion" WHERE "kind" = 'adopted';
DROP FUNCTION trash_adopt();
