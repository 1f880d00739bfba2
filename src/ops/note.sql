-- An entry of the journal.
INSERT INTO "_pixelpim_journal" ("operation", "state", "detail") VALUES ($1::text, $2::text, $3::jsonb) RETURNING "id"
