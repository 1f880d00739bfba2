-- People: one account for each e-mail address whatever its case, sessions that can be ended, people who left; codes
-- by mail, mails that wait, attempts that are counted, and keys for programs.

DO $$
DECLARE
    twins TEXT;
BEGIN
    SELECT string_agg(t.addresses, '; ') INTO twins
      FROM (SELECT string_agg("email" || ' (id ' || "id" || ')', ', ' ORDER BY "id") AS addresses
              FROM "User" GROUP BY lower("email") HAVING count(*) > 1) t;
    IF twins IS NOT NULL THEN
        RAISE EXCEPTION 'Accounts whose e-mail addresses differ in case only: %', twins
              USING HINT = 'Change the address of all but one of each, then deploy again.';
    END IF;
END $$;

ALTER TABLE "User"
    ADD COLUMN "tokenVersion"  INTEGER NOT NULL DEFAULT 0,      -- tokens of an older version open nothing
    ADD COLUMN "deactivatedAt" TIMESTAMP(3);                    -- they left; nothing of theirs is lost
CREATE UNIQUE INDEX "User_email_lower_key" ON "User" (lower("email"));
DROP INDEX "User_email_lower_idx";

-- A code that was mailed. Only a hash of it is kept; three things end it: time, five wrong tries, use.
CREATE TABLE "AccountCode" (
    "email"      TEXT NOT NULL,                                 -- in lower case
    "purpose"    TEXT NOT NULL CHECK ("purpose" IN ('registration', 'password-reset')),
    "codeHash"   TEXT NOT NULL,
    "tries"      INTEGER NOT NULL DEFAULT 0,
    "verified"   BOOLEAN NOT NULL DEFAULT false,
    "expiresAt"  TIMESTAMPTZ NOT NULL,
    "createdAt"  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY ("email", "purpose")
);

-- Mails that are to be sent; whoever writes one commits it together with what it tells of.
CREATE TABLE "Mail" (
    "id"        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "recipient" TEXT NOT NULL,
    "subject"   TEXT NOT NULL,
    "body"      TEXT NOT NULL,                                  -- emptied once it is sent: it may hold a code
    "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "tries"     INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "expiresAt" TIMESTAMPTZ,                                    -- of no use to anybody after it
    "sentAt"    TIMESTAMPTZ,
    "trouble"   TEXT                                            -- why the last try failed
);
CREATE INDEX "Mail_waiting_idx" ON "Mail" ("nextTryAt") WHERE "sentAt" IS NULL;

-- Attempts at log-in and codes, counted by account and by address. After a crash they may begin anew.
CREATE UNLOGGED TABLE "Attempt" (
    "subject" TEXT PRIMARY KEY,                                 -- 'login:anna@example.com', 'login@192.0.2.7'
    "count"   INTEGER NOT NULL,
    "endsAt"  TIMESTAMPTZ NOT NULL
);
CREATE INDEX "Attempt_endsAt_idx" ON "Attempt" ("endsAt");

-- Keys for programs. Only a hash is kept: 256 random bits need no salt.
CREATE TABLE "ApiKey" (
    "id"         INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "userId"     INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "createdBy"  INTEGER,
    "name"       TEXT NOT NULL,
    "prefix"     TEXT NOT NULL,                                 -- the first letters, to know it by
    "keyHash"    TEXT NOT NULL UNIQUE,
    "scopes"     TEXT[] NOT NULL,                               -- 'products:read'; '*': all
    "createdAt"  TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMP(3),
    "expiresAt"  TIMESTAMP(3),
    "revokedAt"  TIMESTAMP(3)
);
CREATE INDEX "ApiKey_userId_idx" ON "ApiKey" ("userId");

-- Deleting a group must not take living ones with it.
ALTER TABLE "AssetGroup" DROP CONSTRAINT "AssetGroup_parentGroupId_fkey";
ALTER TABLE "AssetGroup" ADD CONSTRAINT "AssetGroup_parentGroupId_fkey"
    FOREIGN KEY ("parentGroupId") REFERENCES "AssetGroup" ("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE "AssetGroup" VALIDATE CONSTRAINT "AssetGroup_parentGroupId_fkey";
