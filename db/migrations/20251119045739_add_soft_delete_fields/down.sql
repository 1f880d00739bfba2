-- Undoes the migration; rows go with their tables and columns.

DROP INDEX "User_apiKey_key", "Product_userId_isDeleted_idx", "Asset_userId_isDeleted_idx";
ALTER TABLE "User" DROP COLUMN "apiKey", DROP COLUMN "secretKey";
ALTER TABLE "Product" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted";
ALTER TABLE "Asset" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted";
DROP TABLE "UserIntegrationCredentials",
    "WebhookDelivery",
    "Webhook";
