-- Batches of one act may go on side by side: each is claimed by itself, and says itself what it did, so that none waits for another
-- to have told it. ("BulkAct"."claimedUntil" is for acts whose batches follow one another; its "done" and "changed" are set at the end.)
ALTER TABLE "BulkBatch"
    ADD COLUMN "claimedUntil" TIMESTAMPTZ,
    ADD COLUMN "done"         INTEGER,                     -- rows that it came by; NULL: it is still to be done
    ADD COLUMN "changed"      INTEGER NOT NULL DEFAULT 0;
