-- Undoes the migration. Certificates, holds and policies go; the trash itself stays as it is.

DROP INDEX "AuditEvent_deletionId_idx";
DROP TRIGGER "AuditEvent_kept" ON "AuditEvent";
DROP FUNCTION audit_is_kept();

DROP TRIGGER "AssetGroup_removed" ON "AssetGroup";
DROP FUNCTION asset_group_removed();
DROP FUNCTION trash_content_hash(TEXT, INTEGER);
DROP TABLE "PurgedItem", "PurgeCertificate";

DROP TRIGGER "Deletion_brake" ON "Deletion";
DROP FUNCTION trash_brake();

DROP TRIGGER "Product_held" ON "Product";
DROP TRIGGER "Asset_held" ON "Asset";
DROP TRIGGER "AssetGroup_held" ON "AssetGroup";
DROP TRIGGER "Category_held" ON "Category";
DROP TRIGGER "Family_held" ON "Family";
DROP TRIGGER "Attribute_held" ON "Attribute";
DROP TRIGGER "AttributeGroup_held" ON "AttributeGroup";
DROP FUNCTION trash_refuse_held();
DROP FUNCTION trash_hold_on(INTEGER, TEXT, INTEGER);
DROP FUNCTION trash_held_products(TEXT, INTEGER);
DROP TABLE "LegalHold";
DROP FUNCTION legal_hold_placed();

DROP FUNCTION trash_free_name(TEXT, INTEGER, INTEGER, TEXT, INTEGER, INTEGER);
DROP FUNCTION trash_retention(INTEGER, INTEGER);
DROP TABLE "TrashPolicy";
DROP VIEW trash."Item";
DROP SCHEMA trash;
