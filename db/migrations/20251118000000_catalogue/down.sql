-- Undoes the migration; rows go with their tables and columns.

DROP TABLE "IntegrationLog",
    "ImportExecutionLog",
    "ScheduledImport",
    "Notification",
    "ProductAsset",
    "Asset",
    "AssetGroup",
    "ProductAttribute",
    "Product",
    "Category",
    "FamilyAttribute",
    "Family",
    "AttributeGroupAttribute",
    "AttributeGroup",
    "Attribute",
    "Otp",
    "User" CASCADE;
