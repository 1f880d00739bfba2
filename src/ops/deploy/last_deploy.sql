-- The newest deployment: its number, whether it is under way, and what is known of it.
SELECT j."id", j."state", j."detail" FROM "_pixelpim_journal" j WHERE j."operation" = 'deploy' ORDER BY j."id" DESC LIMIT 1
