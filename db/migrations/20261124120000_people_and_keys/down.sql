-- Sessions that were ended are good again, and people who left can log in: refused where there are any.
DO $$
BEGIN
    IF EXISTS (SELECT FROM "User" WHERE "deactivatedAt" IS NOT NULL) THEN
        RAISE EXCEPTION 'There are deactivated accounts, which the schema before this migration lets in.'
              USING HINT = 'Take their passwords away first, or activate them.';
    END IF;
END $$;

ALTER TABLE "AssetGroup" DROP CONSTRAINT "AssetGroup_parentGroupId_fkey";
ALTER TABLE "AssetGroup" ADD CONSTRAINT "AssetGroup_parentGroupId_fkey"
    FOREIGN KEY ("parentGroupId") REFERENCES "AssetGroup" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
DROP TABLE "ApiKey";
DROP TABLE "Attempt";
DROP TABLE "Mail";
DROP TABLE "AccountCode";
CREATE INDEX "User_email_lower_idx" ON "User" (lower("email"));
DROP INDEX "User_email_lower_key";
ALTER TABLE "User" DROP COLUMN "deactivatedAt", DROP COLUMN "tokenVersion";
