-- The newest full rollback: its number, state, archive and that one's hash.
SELECT j."id", j."state", j."detail" ->> 'archive', j."detail" ->> 'sha256', j."detail" ->> 'lines'
  FROM "_pixelpim_journal" j WHERE j."operation" = 'rollback.full' ORDER BY j."id" DESC LIMIT 1
