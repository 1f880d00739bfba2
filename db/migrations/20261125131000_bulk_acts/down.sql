-- Undoes the migration. What was done stays done; a delete that still goes on ends where it is.

UPDATE "Deletion" d SET "state" = 'done',
       "itemCount" = (SELECT count(*) FROM trash."Item" t WHERE t."userId" = d."userId" AND t."deletionId" = d."id")
 WHERE d."state" = 'running';
DROP TABLE "BulkBatch", "BulkAct";
