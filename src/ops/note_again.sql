-- What the entry $1 of the journal says now: its state $2, and its facts $3.
UPDATE "_pixelpim_journal" SET "state" = $2::text, "detail" = $3::jsonb WHERE "id" = $1::int8
