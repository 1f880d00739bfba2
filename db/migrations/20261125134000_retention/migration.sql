-- What the clock starts: the cleanup of the trash, its runs, what it could not purge, and the clock itself.

-- A run of the cleanup. The one of a schedule is known by the local time that it was due at, which is there once, whatever
-- daylight saving does to that night.
CREATE TABLE "CleanupRun" (
    "id"         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "trigger"    TEXT NOT NULL CHECK ("trigger" IN ('schedule', 'command', 'retry')),
    "slot"       TIMESTAMP(3) UNIQUE,                 -- local; NULL: somebody started it
    "state"      TEXT NOT NULL CHECK ("state" IN ('running', 'cancelling', 'done', 'cancelled', 'stopped', 'failed', 'skipped')),
    "trouble"    TEXT,                                -- why it was stopped, or failed
    "startedBy"  TEXT NOT NULL,                       -- host and process
    "startedAt"  TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "aliveAt"    TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "finishedAt" TIMESTAMPTZ(3),
    "examined"   BIGINT NOT NULL DEFAULT 0,           -- rows that were due
    "purged"     BIGINT NOT NULL DEFAULT 0,
    "held"       BIGINT NOT NULL DEFAULT 0,           -- kept by a legal hold
    "failed"     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX "CleanupRun_open_idx" ON "CleanupRun" ("id") WHERE "finishedAt" IS NULL;

-- What could not be purged, and when it is tried again.
CREATE TABLE "CleanupFailure" (
    "userId"    INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "kind"      TEXT NOT NULL,
    "itemId"    INTEGER NOT NULL,
    "tries"     INTEGER NOT NULL DEFAULT 1,
    "trouble"   TEXT NOT NULL,                        -- what the database said
    "firstAt"   TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "lastAt"    TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY ("kind", "itemId")
);
CREATE INDEX "CleanupFailure_userId_idx" ON "CleanupFailure" ("userId");
CREATE INDEX "CleanupFailure_nextTryAt_idx" ON "CleanupFailure" ("nextTryAt");

-- The database's clock as it was last seen, beside one that nobody can set: the time since the boot of the machine that saw it.
-- While the two disagree ("trouble") the row stays as it was.
CREATE TABLE "ClockSeen" (
    "one"         BOOLEAN PRIMARY KEY DEFAULT true CHECK ("one"),
    "at"          TIMESTAMPTZ(3) NOT NULL,
    "bootId"      TEXT NOT NULL,
    "bootSeconds" BIGINT NOT NULL,
    "accepted"    INTEGER NOT NULL DEFAULT 0,         -- how often somebody said that the clock is right
    "trouble"     TEXT
);

-- A shorter time than the retention is found by its act.
CREATE INDEX "Deletion_purgeAfter_idx" ON "Deletion" ("userId", "purgeAfter") WHERE "purgeAfter" IS NOT NULL;

-- Where a tenant has no hold at all, that is known without looking at each thing.
CREATE OR REPLACE FUNCTION trash_refuse_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold "LegalHold";
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('legal hold'), OLD."userId");
    IF NOT EXISTS (SELECT FROM "LegalHold" h WHERE h."userId" = OLD."userId" AND h."releasedAt" IS NULL) THEN
        RETURN OLD;
    END IF;
    SELECT h.* INTO hold FROM "LegalHold" h WHERE h."id" = trash_hold_on(OLD."userId", TG_ARGV[0], OLD."id");
    IF FOUND THEN
        RAISE EXCEPTION 'Nothing was deleted: the % with ID % is kept by a legal hold (%)', TG_ARGV[1], OLD."id", hold."reason"
              USING ERRCODE = 'PX423', CONSTRAINT = 'trash.held', HINT = 'Whoever placed the hold can release it.',
                    DETAIL = '"hold":' || jsonb_build_object('id', hold."id", 'kind', hold."kind", 'itemId', hold."itemId",
                        'reason', hold."reason", 'placedBy', hold."placedBy", 'placedAt', hold."placedAt")::text || ',"item":' ||
                        jsonb_build_object('kind', TG_ARGV[0], 'id', OLD."id")::text;
    END IF;
    RETURN OLD;
END $$;

-- What a certificate is about is written by the statement that makes it: to look its number up again for each of a million items
-- is a tenth of a cleanup. It goes with its certificate as before.
ALTER TABLE "PurgedItem" DROP CONSTRAINT "PurgedItem_certificateId_fkey";
CREATE FUNCTION purge_certificate_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "PurgedItem" WHERE "certificateId" IN (SELECT "id" FROM removed);
    RETURN NULL;
END $$;
CREATE TRIGGER "PurgeCertificate_removed" AFTER DELETE ON "PurgeCertificate" REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION purge_certificate_removed();
