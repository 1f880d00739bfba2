-- Acts on more rows than one statement takes. What each is about is settled when it begins; then it is done batch by batch,
-- each of them whole or not at all, by whichever server has time. One that ends half-way is gone on with.
CREATE TABLE "BulkAct" (
    "id"               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "userId"           INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "actorId"          INTEGER NOT NULL,
    "act"              TEXT NOT NULL CHECK ("act" IN ('delete', 'restore', 'purge')),
    "kinds"            TEXT[] NOT NULL,                  -- that it is of: who may see it
    "deletionId"       BIGINT,                           -- what it makes, undoes or ends; NULL: of many acts
    "requestId"        TEXT NOT NULL,
    "reason"           TEXT,
    "onConflict"       TEXT NOT NULL DEFAULT 'fail',
    "withDependencies" BOOLEAN NOT NULL DEFAULT false,
    "dependencyKinds"  TEXT[] NOT NULL DEFAULT '{}',
    "along"            BOOLEAN NOT NULL DEFAULT false,
    "skipHeld"         BOOLEAN NOT NULL DEFAULT false,
    "total"            INTEGER NOT NULL,                 -- rows that it is about
    "done"             INTEGER NOT NULL DEFAULT 0,       -- that it came by
    "changed"          INTEGER NOT NULL DEFAULT 0,       -- that it changed: less where others came first or stand in the way,
                                                         -- more where something came along
    "trouble"          TEXT,                             -- what kept the last batch that was refused
    "state"            TEXT NOT NULL DEFAULT 'running' CHECK ("state" IN ('running', 'done')),
    "claimedUntil"     TIMESTAMPTZ,                      -- a server is at a batch
    "createdAt"        TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "endedAt"          TIMESTAMPTZ(3)
);
CREATE INDEX "BulkAct_running_idx" ON "BulkAct" ("id") WHERE "state" = 'running';
CREATE INDEX "BulkAct_userId_id_idx" ON "BulkAct" ("userId", "id" DESC);

-- What is still to be done of one, in the order of the numbers.
CREATE TABLE "BulkBatch" (
    "bulkActId" BIGINT NOT NULL REFERENCES "BulkAct" ("id") ON DELETE CASCADE,
    "number"    INTEGER NOT NULL,
    "kind"      TEXT NOT NULL,
    "ids"       INTEGER[] NOT NULL,
    PRIMARY KEY ("bulkActId", "number")
);
