-- The entries of the journal that wait for the trash to be there.
SELECT j."id" FROM "_pixelpim_journal" j WHERE j."state" = 'planned' AND j."operation" = 'doctor.duplicates' ORDER BY 1
