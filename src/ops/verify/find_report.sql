-- The last verification whose report's hash begins with $1: the report, its hash, and its signatures.
SELECT j."detail" ->> 'report', j."detail" ->> 'hash',
       (SELECT coalesce(jsonb_agg(s."detail" ORDER BY s."id"), '[]') FROM "_pixelpim_journal" s
         WHERE s."operation" = 'verify.sign' AND s."detail" ->> 'hash' = j."detail" ->> 'hash')
  FROM "_pixelpim_journal" j
 WHERE j."operation" = 'verify' AND starts_with(j."detail" ->> 'hash', $1::text)
 ORDER BY j."id" DESC LIMIT 1
