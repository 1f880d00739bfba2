-- Soft delete for products and assets: when a row was deleted, and whether. With it came API keys, webhooks and
-- the credentials of integrations. Uniqueness still counts trashed rows; the trash migration changes that.

CREATE TABLE "Webhook" (
    "id" SERIAL NOT NULL,
    "userId" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Webhook_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "WebhookDelivery" (
    "id" SERIAL NOT NULL,
    "webhookId" INTEGER NOT NULL,
    "event" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "response" TEXT,
    "deliveredAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "UserIntegrationCredentials" (
    "id" SERIAL NOT NULL,
    "userId" INTEGER NOT NULL,
    "integrationType" TEXT NOT NULL,
    "credentials" JSONB NOT NULL,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "UserIntegrationCredentials_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "User"
    ADD COLUMN "apiKey" TEXT,
    ADD COLUMN "secretKey" TEXT;

ALTER TABLE "Product"
    ADD COLUMN "deletedAt" TIMESTAMP(3),
    ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "Asset"
    ADD COLUMN "deletedAt" TIMESTAMP(3),
    ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false;

CREATE UNIQUE INDEX "User_apiKey_key" ON "User" ("apiKey");
CREATE INDEX "Product_userId_isDeleted_idx" ON "Product" ("userId", "isDeleted");
CREATE INDEX "Asset_userId_isDeleted_idx" ON "Asset" ("userId", "isDeleted");
CREATE UNIQUE INDEX "Webhook_userId_url_key" ON "Webhook" ("userId", "url");
CREATE INDEX "WebhookDelivery_webhookId_deliveredAt_idx" ON "WebhookDelivery" ("webhookId", "deliveredAt");
CREATE INDEX "UserIntegrationCredentials_userId_integrationType_idx" ON "UserIntegrationCredentials" ("userId", "integrationType");
CREATE UNIQUE INDEX "UserIntegrationCredentials_userId_integrationType_key" ON "UserIntegrationCredentials" ("userId", "integrationType");

ALTER TABLE "Webhook" ADD CONSTRAINT "Webhook_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_webhookId_fkey"
    FOREIGN KEY ("webhookId") REFERENCES "Webhook" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserIntegrationCredentials" ADD CONSTRAINT "UserIntegrationCredentials_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
