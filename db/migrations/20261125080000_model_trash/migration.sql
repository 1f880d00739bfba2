-- The trash of the catalogue's model is listed by time, and found by its deletion.
CREATE INDEX "idx_attribute_trash" ON "Attribute" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_attribute_deletion" ON "Attribute" ("deletionId") WHERE "deletionId" IS NOT NULL;
CREATE INDEX "idx_attribute_group_trash" ON "AttributeGroup" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_attribute_group_deletion" ON "AttributeGroup" ("deletionId") WHERE "deletionId" IS NOT NULL;
CREATE INDEX "idx_family_trash" ON "Family" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_family_deletion" ON "Family" ("deletionId") WHERE "deletionId" IS NOT NULL;
CREATE INDEX "idx_category_trash" ON "Category" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_category_deletion" ON "Category" ("deletionId") WHERE "deletionId" IS NOT NULL;
