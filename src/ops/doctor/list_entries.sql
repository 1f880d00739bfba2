-- What the doctor did, the last first.
SELECT j."id", to_char(j."at", 'YYYY-MM-DD HH24:MI:SS'), j."operation", j."state",
       (SELECT count(*) FROM "_pixelpim_changes" c WHERE c."journalId" = j."id")
  FROM "_pixelpim_journal" j WHERE j."operation" LIKE 'doctor.%' ORDER BY j."id" DESC LIMIT 50
