-- As entry $1 of the journal: the index $2 was built.
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
VALUES ($1::int8, 'index', $2::text, '{}')
