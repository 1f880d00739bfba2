-- Sequences go on behind the ids that are there. As entry $1 of the journal.
WITH /* behind.part.sql */
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
SELECT $1::int8, 'sequence', b.sequence, jsonb_build_object('value', b.value) FROM behind b
 WHERE setval(b.sequence::regclass, b.newest) = b.newest
