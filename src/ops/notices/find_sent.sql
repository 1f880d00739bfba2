-- Of each time that the notice with the hash $2 was sent, by operation $1: the entry, whom it was sent to, whom it may have been sent
-- to, and how far it came.
SELECT j."id", coalesce(j."detail" ->> 'to', ''), coalesce(j."detail" ->> 'unsure', ''), j."state" FROM "_pixelpim_journal" j
 WHERE j."operation" = $1::text AND j."detail" ->> 'hash' = $2::text ORDER BY j."id"
