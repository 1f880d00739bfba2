-- The journal of operators, and the rows that an entry changed, as they were.
CREATE TABLE IF NOT EXISTS "_pixelpim_journal" (
    "id"        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "at"        TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "operation" TEXT NOT NULL,                        -- 'baseline', 'doctor.duplicates', …
    "state"     TEXT NOT NULL,                        -- 'planned', 'done', 'undone'
    "detail"    JSONB NOT NULL
);
CREATE TABLE IF NOT EXISTS "_pixelpim_changes" (
    "journalId" BIGINT NOT NULL REFERENCES "_pixelpim_journal" ("id") ON DELETE CASCADE,
    "number"    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "operation" TEXT NOT NULL,                        -- 'insert', 'update', 'delete'; 'trash': what is planned to go there
    "relation"  TEXT NOT NULL,
    "before"    JSONB NOT NULL                        -- the row, or those of its columns that were changed, and its key
);
CREATE INDEX IF NOT EXISTS "_pixelpim_changes_journalId_idx" ON "_pixelpim_changes" ("journalId")
