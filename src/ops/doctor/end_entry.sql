-- Entry $1 of the journal is now in state $2.
UPDATE "_pixelpim_journal" SET "state" = $2::text WHERE "id" = $1::int8
