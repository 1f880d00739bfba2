-- Whom the notice with the hash $2 was sent to already, by operation $1.
SELECT j."detail" ->> 'to' FROM "_pixelpim_journal" j
 WHERE j."operation" = $1::text AND j."detail" ->> 'hash' = $2::text
