-- What is watched: what the last hour did, statements that took long, what is wrong, and who was told.

CREATE INDEX "Deletion_createdAt_idx" ON "Deletion" ("createdAt");
CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent" USING brin ("at") WITH (pages_per_range = 16, autosummarize = on);

-- Statements that took longer than a second, as the servers measured them.
CREATE TABLE "SlowStatement" (
    "id"           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "at"           TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "name"         TEXT NOT NULL,
    "milliseconds" BIGINT NOT NULL
);
CREATE INDEX "SlowStatement_at_idx" ON "SlowStatement" ("at");

-- What is wrong at the moment, and what was.
CREATE TABLE "Alert" (
    "id"             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "name"           TEXT NOT NULL,
    "summary"        TEXT NOT NULL,
    "remedy"         TEXT NOT NULL,
    "value"          BIGINT NOT NULL,
    "threshold"      BIGINT NOT NULL,
    "firedAt"        TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "resolvedAt"     TIMESTAMPTZ(3),
    "toldAt"         TIMESTAMPTZ(3),                  -- the webhook took it
    "toldResolvedAt" TIMESTAMPTZ(3)
);
CREATE UNIQUE INDEX "Alert_open_key" ON "Alert" ("name") WHERE "resolvedAt" IS NULL;
