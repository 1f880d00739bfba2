-- What the full rollback $1 put into its archive is taken in again.
UPDATE "_pixelpim_journal" SET "state" = 'undone' WHERE "id" = $1::int8
