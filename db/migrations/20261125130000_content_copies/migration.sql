-- Content that was copied to another place knows where it was: the old file stays until an operator says that it may go.
ALTER TABLE "StoredContent"
    ADD COLUMN "copiedFromPlace" TEXT CHECK ("copiedFromPlace" IN ('local', 's3', 'uploads')),
    ADD COLUMN "copiedFromKey"   TEXT,
    ADD CONSTRAINT "StoredContent_copied_from" CHECK (("copiedFromPlace" IS NULL) = ("copiedFromKey" IS NULL));
CREATE INDEX "idx_stored_content_copied" ON "StoredContent" ("hash") WHERE "copiedFromPlace" IS NOT NULL;
