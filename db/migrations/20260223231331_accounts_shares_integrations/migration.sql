-- Owners and staff with their permissions, share links, the shop integrations, thumbnails: the rest of the tables
-- that the replaced service has. The integrations are kept as they are; this program does not write them.

CREATE TYPE "Role" AS ENUM ('ADMIN', 'OWNER', 'STAFF');

CREATE TABLE "UserPermission" (
    "id" SERIAL NOT NULL,
    "userId" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "granted" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "UserPermission_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ShareLink" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "userId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3),
    "accessCount" INTEGER NOT NULL DEFAULT 0,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT "ShareLink_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "SharedAsset" (
    "id" SERIAL NOT NULL,
    "shareLinkId" TEXT NOT NULL,
    "assetId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "SharedAsset_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "SharedAssetGroup" (
    "id" SERIAL NOT NULL,
    "shareLinkId" TEXT NOT NULL,
    "assetGroupId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "SharedAssetGroup_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "WooCommerceConnection" (
    "id" SERIAL NOT NULL,
    "userId" INTEGER NOT NULL,
    "storeName" TEXT NOT NULL,
    "storeUrl" TEXT NOT NULL,
    "consumerKey" TEXT NOT NULL,
    "consumerSecret" TEXT NOT NULL,
    "webhookSecret" TEXT,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "lastSyncedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "WooCommerceConnection_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "WooCommerceExportMapping" (
    "id" SERIAL NOT NULL,
    "connectionId" INTEGER NOT NULL,
    "fieldMappings" JSONB NOT NULL,
    "selectedFields" TEXT[],
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "WooCommerceExportMapping_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "WooCommerceImportMapping" (
    "id" SERIAL NOT NULL,
    "connectionId" INTEGER NOT NULL,
    "attributeMappings" JSONB NOT NULL,
    "fieldMappings" JSONB NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "WooCommerceImportMapping_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "WooCommerceProductSync" (
    "id" SERIAL NOT NULL,
    "connectionId" INTEGER NOT NULL,
    "productId" INTEGER,
    "wooProductId" INTEGER NOT NULL,
    "lastExportedAt" TIMESTAMP(3),
    "lastImportedAt" TIMESTAMP(3),
    "lastModifiedFields" JSONB,
    "syncStatus" TEXT NOT NULL DEFAULT 'synced',
    "errorMessage" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "lastSyncedAssets" JSONB,
    "lastSyncedImages" JSONB,
    CONSTRAINT "WooCommerceProductSync_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "MyDealConnection" (
    "id" SERIAL NOT NULL,
    "userId" INTEGER NOT NULL,
    "connectionName" TEXT NOT NULL,
    "baseApiUrl" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "clientSecret" TEXT NOT NULL,
    "sellerId" TEXT NOT NULL,
    "sellerToken" TEXT NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "lastSyncedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "MyDealConnection_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "MyDealExportMapping" (
    "id" SERIAL NOT NULL,
    "connectionId" INTEGER NOT NULL,
    "fieldMappings" JSONB NOT NULL,
    "selectedFields" TEXT[] NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "MyDealExportMapping_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "MyDealImportMapping" (
    "id" SERIAL NOT NULL,
    "connectionId" INTEGER NOT NULL,
    "attributeMappings" JSONB NOT NULL,
    "fieldMappings" JSONB NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "selectedFields" TEXT[],
    CONSTRAINT "MyDealImportMapping_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "MyDealWorkItem" (
    "id" SERIAL NOT NULL,
    "workItemId" TEXT NOT NULL,
    "userId" INTEGER NOT NULL,
    "productId" INTEGER,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "operation" TEXT NOT NULL,
    "requestPayload" JSONB,
    "responseData" JSONB,
    "errorMessage" TEXT,
    "pendingUri" TEXT,
    "externalProductId" TEXT,
    "externalSku" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "completedAt" TIMESTAMP(3),
    "connectionId" INTEGER,
    CONSTRAINT "MyDealWorkItem_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "User"
    ADD COLUMN "ownerId" INTEGER,
    ADD COLUMN "role" "Role" NOT NULL DEFAULT 'OWNER',
    ADD COLUMN "hiddenLogsTimestamp" TIMESTAMP(3),
    ADD COLUMN "hiddenWooSyncLogsTimestamp" TIMESTAMP(3),
    ADD COLUMN "hiddenMyDealSyncLogsTimestamp" TIMESTAMP(3);

ALTER TABLE "Product"
    ADD COLUMN "thumbnailSubImages" TEXT[] DEFAULT ARRAY[]::TEXT[],
    ADD COLUMN "thumbnailUrl" TEXT;

ALTER TABLE "Asset"
    ADD COLUMN "thumbnailPath" TEXT;

CREATE UNIQUE INDEX "UserPermission_userId_resource_action_key" ON "UserPermission" ("userId", "resource", "action");
CREATE INDEX "UserPermission_userId_resource_idx" ON "UserPermission" ("userId", "resource");
CREATE INDEX "ShareLink_slug_isActive_idx" ON "ShareLink" ("slug", "isActive");
CREATE UNIQUE INDEX "ShareLink_slug_key" ON "ShareLink" ("slug");
CREATE INDEX "ShareLink_userId_idx" ON "ShareLink" ("userId");
CREATE UNIQUE INDEX "SharedAsset_shareLinkId_assetId_key" ON "SharedAsset" ("shareLinkId", "assetId");
CREATE INDEX "SharedAsset_shareLinkId_idx" ON "SharedAsset" ("shareLinkId");
CREATE UNIQUE INDEX "SharedAssetGroup_shareLinkId_assetGroupId_key" ON "SharedAssetGroup" ("shareLinkId", "assetGroupId");
CREATE INDEX "SharedAssetGroup_shareLinkId_idx" ON "SharedAssetGroup" ("shareLinkId");
CREATE INDEX "WooCommerceConnection_userId_isActive_idx" ON "WooCommerceConnection" ("userId", "isActive");
CREATE INDEX "WooCommerceConnection_userId_isDefault_idx" ON "WooCommerceConnection" ("userId", "isDefault");
CREATE UNIQUE INDEX "WooCommerceConnection_userId_storeUrl_key" ON "WooCommerceConnection" ("userId", "storeUrl");
CREATE INDEX "WooCommerceExportMapping_connectionId_isActive_idx" ON "WooCommerceExportMapping" ("connectionId", "isActive");
CREATE INDEX "WooCommerceImportMapping_connectionId_isActive_idx" ON "WooCommerceImportMapping" ("connectionId", "isActive");
CREATE UNIQUE INDEX "WooCommerceProductSync_connectionId_productId_key" ON "WooCommerceProductSync" ("connectionId", "productId");
CREATE INDEX "WooCommerceProductSync_connectionId_syncStatus_idx" ON "WooCommerceProductSync" ("connectionId", "syncStatus");
CREATE UNIQUE INDEX "WooCommerceProductSync_connectionId_wooProductId_key" ON "WooCommerceProductSync" ("connectionId", "wooProductId");
CREATE INDEX "WooCommerceProductSync_productId_idx" ON "WooCommerceProductSync" ("productId");
CREATE UNIQUE INDEX "MyDealConnection_userId_baseApiUrl_key" ON "MyDealConnection" ("userId", "baseApiUrl");
CREATE INDEX "MyDealConnection_userId_isActive_idx" ON "MyDealConnection" ("userId", "isActive");
CREATE INDEX "MyDealConnection_userId_isDefault_idx" ON "MyDealConnection" ("userId", "isDefault");
CREATE INDEX "MyDealExportMapping_connectionId_isActive_idx" ON "MyDealExportMapping" ("connectionId", "isActive");
CREATE INDEX "MyDealImportMapping_connectionId_isActive_idx" ON "MyDealImportMapping" ("connectionId", "isActive");
CREATE INDEX "MyDealWorkItem_userId_productId_idx" ON "MyDealWorkItem" ("userId", "productId");
CREATE INDEX "MyDealWorkItem_userId_status_idx" ON "MyDealWorkItem" ("userId", "status");
CREATE INDEX "MyDealWorkItem_workItemId_idx" ON "MyDealWorkItem" ("workItemId");
CREATE UNIQUE INDEX "MyDealWorkItem_workItemId_key" ON "MyDealWorkItem" ("workItemId");

ALTER TABLE "User" ADD CONSTRAINT "User_ownerId_fkey"
    FOREIGN KEY ("ownerId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserPermission" ADD CONSTRAINT "UserPermission_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ShareLink" ADD CONSTRAINT "ShareLink_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SharedAsset" ADD CONSTRAINT "SharedAsset_shareLinkId_fkey"
    FOREIGN KEY ("shareLinkId") REFERENCES "ShareLink" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SharedAssetGroup" ADD CONSTRAINT "SharedAssetGroup_shareLinkId_fkey"
    FOREIGN KEY ("shareLinkId") REFERENCES "ShareLink" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "WooCommerceConnection" ADD CONSTRAINT "WooCommerceConnection_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "WooCommerceExportMapping" ADD CONSTRAINT "WooCommerceExportMapping_connectionId_fkey"
    FOREIGN KEY ("connectionId") REFERENCES "WooCommerceConnection" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "WooCommerceImportMapping" ADD CONSTRAINT "WooCommerceImportMapping_connectionId_fkey"
    FOREIGN KEY ("connectionId") REFERENCES "WooCommerceConnection" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "WooCommerceProductSync" ADD CONSTRAINT "WooCommerceProductSync_connectionId_fkey"
    FOREIGN KEY ("connectionId") REFERENCES "WooCommerceConnection" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MyDealConnection" ADD CONSTRAINT "MyDealConnection_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MyDealExportMapping" ADD CONSTRAINT "MyDealExportMapping_connectionId_fkey"
    FOREIGN KEY ("connectionId") REFERENCES "MyDealConnection" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MyDealImportMapping" ADD CONSTRAINT "MyDealImportMapping_connectionId_fkey"
    FOREIGN KEY ("connectionId") REFERENCES "MyDealConnection" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MyDealWorkItem" ADD CONSTRAINT "MyDealWorkItem_connectionId_fkey"
    FOREIGN KEY ("connectionId") REFERENCES "MyDealConnection" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MyDealWorkItem" ADD CONSTRAINT "MyDealWorkItem_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
