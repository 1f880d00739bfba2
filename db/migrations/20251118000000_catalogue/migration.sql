-- The catalogue as it was before soft delete: accounts, attributes, families, categories, products, assets,
-- notifications and imports.

CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "fullname" TEXT,
    "password" TEXT,
    "googleId" TEXT,
    "provider" TEXT NOT NULL DEFAULT 'local',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Otp" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Otp_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Attribute" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "defaultValue" TEXT,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Attribute_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "AttributeGroup" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "AttributeGroup_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "AttributeGroupAttribute" (
    "id" SERIAL NOT NULL,
    "attributeId" INTEGER NOT NULL,
    "attributeGroupId" INTEGER NOT NULL,
    "required" BOOLEAN NOT NULL DEFAULT false,
    "defaultValue" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "AttributeGroupAttribute_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Family" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Family_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "FamilyAttribute" (
    "id" SERIAL NOT NULL,
    "familyId" INTEGER NOT NULL,
    "attributeId" INTEGER NOT NULL,
    "isRequired" BOOLEAN NOT NULL DEFAULT false,
    "additionalValue" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "FamilyAttribute_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Category" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "parentCategoryId" INTEGER,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Category_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Product" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "productLink" TEXT,
    "imageUrl" TEXT,
    "status" TEXT NOT NULL DEFAULT 'incomplete',
    "categoryId" INTEGER,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "attributeGroupId" INTEGER,
    "familyId" INTEGER,
    "subImages" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "parentProductId" INTEGER,
    CONSTRAINT "Product_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ProductAttribute" (
    "id" SERIAL NOT NULL,
    "productId" INTEGER NOT NULL,
    "attributeId" INTEGER NOT NULL,
    "value" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "familyAttributeId" INTEGER,
    CONSTRAINT "ProductAttribute_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "AssetGroup" (
    "id" SERIAL NOT NULL,
    "groupName" TEXT NOT NULL,
    "createdDate" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "totalSize" BIGINT NOT NULL DEFAULT 0,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "parentGroupId" INTEGER,
    CONSTRAINT "AssetGroup_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Asset" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "filePath" TEXT NOT NULL,
    "mimeType" TEXT NOT NULL,
    "uploadDate" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "size" BIGINT NOT NULL,
    "userId" INTEGER NOT NULL,
    "assetGroupId" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Asset_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ProductAsset" (
    "id" SERIAL NOT NULL,
    "productId" INTEGER NOT NULL,
    "assetId" INTEGER NOT NULL,
    CONSTRAINT "ProductAsset_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Notification" (
    "id" SERIAL NOT NULL,
    "userId" INTEGER NOT NULL,
    "entityType" TEXT NOT NULL,
    "entityId" INTEGER,
    "action" TEXT NOT NULL,
    "entityName" TEXT,
    "message" TEXT NOT NULL,
    "metadata" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Notification_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ScheduledImport" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "description" TEXT,
    "cronExpression" TEXT NOT NULL,
    "csvUrl" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "lastRun" TIMESTAMP(3),
    "nextRun" TIMESTAMP(3),
    "errorCount" INTEGER NOT NULL DEFAULT 0,
    "successCount" INTEGER NOT NULL DEFAULT 0,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "ScheduledImport_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ImportExecutionLog" (
    "id" SERIAL NOT NULL,
    "scheduledImportId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "startTime" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endTime" TIMESTAMP(3),
    "itemsProcessed" INTEGER NOT NULL DEFAULT 0,
    "itemsImported" INTEGER NOT NULL DEFAULT 0,
    "itemsFailed" INTEGER NOT NULL DEFAULT 0,
    "errorMessage" TEXT,
    "errorDetails" JSONB,
    "executionSummary" JSONB,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "ImportExecutionLog_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "IntegrationLog" (
    "id" SERIAL NOT NULL,
    "productId" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "message" TEXT,
    "timestamp" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId" INTEGER NOT NULL,
    "errorDetails" JSONB,
    "externalProductId" TEXT,
    "externalSku" TEXT,
    "integrationType" TEXT NOT NULL,
    "metadata" JSONB,
    "operation" TEXT NOT NULL,
    CONSTRAINT "IntegrationLog_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
CREATE UNIQUE INDEX "User_googleId_key" ON "User" ("googleId");
CREATE INDEX "Otp_email_type_idx" ON "Otp" ("email", "type");
CREATE UNIQUE INDEX "Attribute_name_userId_key" ON "Attribute" ("name", "userId");
CREATE UNIQUE INDEX "AttributeGroup_name_userId_key" ON "AttributeGroup" ("name", "userId");
CREATE UNIQUE INDEX "AttributeGroupAttribute_attributeId_attributeGroupId_key" ON "AttributeGroupAttribute" ("attributeId", "attributeGroupId");
CREATE UNIQUE INDEX "Family_name_userId_key" ON "Family" ("name", "userId");
CREATE UNIQUE INDEX "FamilyAttribute_familyId_attributeId_key" ON "FamilyAttribute" ("familyId", "attributeId");
CREATE UNIQUE INDEX "Category_name_userId_parentCategoryId_key" ON "Category" ("name", "userId", "parentCategoryId");
CREATE UNIQUE INDEX "Product_name_userId_key" ON "Product" ("name", "userId");
CREATE UNIQUE INDEX "Product_sku_userId_key" ON "Product" ("sku", "userId");
CREATE UNIQUE INDEX "ProductAttribute_productId_attributeId_key" ON "ProductAttribute" ("productId", "attributeId");
CREATE UNIQUE INDEX "AssetGroup_groupName_userId_parentGroupId_key" ON "AssetGroup" ("groupName", "userId", "parentGroupId");
CREATE UNIQUE INDEX "Asset_name_userId_assetGroupId_key" ON "Asset" ("name", "userId", "assetGroupId");
CREATE UNIQUE INDEX "ProductAsset_productId_assetId_key" ON "ProductAsset" ("productId", "assetId");
CREATE INDEX "Notification_entityType_action_idx" ON "Notification" ("entityType", "action");
CREATE INDEX "Notification_userId_createdAt_idx" ON "Notification" ("userId", "createdAt");
CREATE INDEX "ScheduledImport_isActive_nextRun_idx" ON "ScheduledImport" ("isActive", "nextRun");
CREATE INDEX "ScheduledImport_userId_status_idx" ON "ScheduledImport" ("userId", "status");
CREATE INDEX "ImportExecutionLog_scheduledImportId_createdAt_idx" ON "ImportExecutionLog" ("scheduledImportId", "createdAt");
CREATE INDEX "ImportExecutionLog_startTime_idx" ON "ImportExecutionLog" ("startTime");
CREATE INDEX "ImportExecutionLog_userId_status_idx" ON "ImportExecutionLog" ("userId", "status");
CREATE INDEX "IntegrationLog_externalProductId_integrationType_idx" ON "IntegrationLog" ("externalProductId", "integrationType");
CREATE INDEX "IntegrationLog_timestamp_idx" ON "IntegrationLog" ("timestamp");
CREATE INDEX "IntegrationLog_userId_integrationType_idx" ON "IntegrationLog" ("userId", "integrationType");
CREATE INDEX "IntegrationLog_userId_productId_idx" ON "IntegrationLog" ("userId", "productId");

ALTER TABLE "Attribute" ADD CONSTRAINT "Attribute_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AttributeGroup" ADD CONSTRAINT "AttributeGroup_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AttributeGroupAttribute" ADD CONSTRAINT "AttributeGroupAttribute_attributeGroupId_fkey"
    FOREIGN KEY ("attributeGroupId") REFERENCES "AttributeGroup" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AttributeGroupAttribute" ADD CONSTRAINT "AttributeGroupAttribute_attributeId_fkey"
    FOREIGN KEY ("attributeId") REFERENCES "Attribute" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Family" ADD CONSTRAINT "Family_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FamilyAttribute" ADD CONSTRAINT "FamilyAttribute_attributeId_fkey"
    FOREIGN KEY ("attributeId") REFERENCES "Attribute" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FamilyAttribute" ADD CONSTRAINT "FamilyAttribute_familyId_fkey"
    FOREIGN KEY ("familyId") REFERENCES "Family" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Category" ADD CONSTRAINT "Category_parentCategoryId_fkey"
    FOREIGN KEY ("parentCategoryId") REFERENCES "Category" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Category" ADD CONSTRAINT "Category_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Product" ADD CONSTRAINT "Product_attributeGroupId_fkey"
    FOREIGN KEY ("attributeGroupId") REFERENCES "AttributeGroup" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Product" ADD CONSTRAINT "Product_categoryId_fkey"
    FOREIGN KEY ("categoryId") REFERENCES "Category" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Product" ADD CONSTRAINT "Product_familyId_fkey"
    FOREIGN KEY ("familyId") REFERENCES "Family" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Product" ADD CONSTRAINT "Product_parentProductId_fkey"
    FOREIGN KEY ("parentProductId") REFERENCES "Product" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Product" ADD CONSTRAINT "Product_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProductAttribute" ADD CONSTRAINT "ProductAttribute_attributeId_fkey"
    FOREIGN KEY ("attributeId") REFERENCES "Attribute" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProductAttribute" ADD CONSTRAINT "ProductAttribute_familyAttributeId_fkey"
    FOREIGN KEY ("familyAttributeId") REFERENCES "FamilyAttribute" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProductAttribute" ADD CONSTRAINT "ProductAttribute_productId_fkey"
    FOREIGN KEY ("productId") REFERENCES "Product" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AssetGroup" ADD CONSTRAINT "AssetGroup_parentGroupId_fkey"
    FOREIGN KEY ("parentGroupId") REFERENCES "AssetGroup" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AssetGroup" ADD CONSTRAINT "AssetGroup_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Asset" ADD CONSTRAINT "Asset_assetGroupId_fkey"
    FOREIGN KEY ("assetGroupId") REFERENCES "AssetGroup" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Asset" ADD CONSTRAINT "Asset_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProductAsset" ADD CONSTRAINT "ProductAsset_assetId_fkey"
    FOREIGN KEY ("assetId") REFERENCES "Asset" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ProductAsset" ADD CONSTRAINT "ProductAsset_productId_fkey"
    FOREIGN KEY ("productId") REFERENCES "Product" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ScheduledImport" ADD CONSTRAINT "ScheduledImport_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ImportExecutionLog" ADD CONSTRAINT "ImportExecutionLog_scheduledImportId_fkey"
    FOREIGN KEY ("scheduledImportId") REFERENCES "ScheduledImport" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ImportExecutionLog" ADD CONSTRAINT "ImportExecutionLog_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "IntegrationLog" ADD CONSTRAINT "IntegrationLog_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
