UPDATE "BulkAct" a SET "done" = a."done" + n.done, "changed" = a."changed" + n.changed
  FROM (SELECT "bulkActId", sum("done") AS done, sum("changed") AS changed FROM "BulkBatch" WHERE "done" IS NOT NULL GROUP BY 1) n
 WHERE a."id" = n."bulkActId";
DELETE FROM "BulkBatch" WHERE "done" IS NOT NULL;
UPDATE "BulkAct" SET "state" = 'done', "endedAt" = now()
 WHERE "state" = 'running' AND NOT EXISTS (SELECT FROM "BulkBatch" n WHERE n."bulkActId" = "BulkAct"."id");
ALTER TABLE "BulkBatch" DROP COLUMN "claimedUntil", DROP COLUMN "done", DROP COLUMN "changed";
