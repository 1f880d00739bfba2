DROP INDEX "idx_stored_content_copied";
ALTER TABLE "StoredContent" DROP CONSTRAINT "StoredContent_copied_from", DROP COLUMN "copiedFromPlace", DROP COLUMN "copiedFromKey";
