-- Before there is a trash: the duplicates are set aside in entry $1 of the journal. The migration that makes the trash puts
-- them there.
WITH /* duplicates.part.sql */
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
SELECT $1::int8, 'trash', d.kind, jsonb_build_object('id', d."id", 'field', d.field, 'kept', d.kept)
  FROM duplicate d ORDER BY d.kind, d."id"
