-- When this database was adopted, and from which state.
SELECT to_char(j."at", 'YYYY-MM-DD HH24:MI:SS'), j."detail" ->> 'state', j."detail" ->> 'fingerprint'
  FROM "_pixelpim_journal" j WHERE j."operation" = 'baseline' AND j."state" = 'done' ORDER BY j."id" DESC LIMIT 1
