-- Requests that may be sent twice: whoever sends an Idempotency-Key gets the answer of the first one, and nothing is done again.
CREATE TABLE "IdempotencyKey" (
    "userId"      INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "key"         TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,                      -- SHA-256 of the method, the path, the query and the body
    "requestId"   TEXT NOT NULL,
    "doneAt"      TIMESTAMPTZ(3),                     -- written in the transaction of the act itself
    "status"      INTEGER,                            -- of the answer, once it is known
    "body"        TEXT,
    "createdAt"   TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    PRIMARY KEY ("userId", "key")
);
CREATE INDEX "IdempotencyKey_under_way_idx" ON "IdempotencyKey" ("userId", "requestId") WHERE "doneAt" IS NULL;
CREATE INDEX "IdempotencyKey_createdAt_idx" ON "IdempotencyKey" ("createdAt");

-- An act is in the audit in its own transaction: there the key learns that it is done, even if the answer never gets away.
CREATE FUNCTION idempotency_key_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "IdempotencyKey" k SET "doneAt" = now()
      FROM (SELECT DISTINCT "userId", "requestId" FROM added WHERE "action" NOT LIKE '%refused' AND "action" <> 'tenant.act_as') a
     WHERE k."userId" = a."userId" AND k."requestId" = a."requestId" AND k."doneAt" IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER "AuditEvent_uses_key" AFTER INSERT ON "AuditEvent" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION idempotency_key_used();
