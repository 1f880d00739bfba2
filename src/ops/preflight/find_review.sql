-- The last entry of the journal that is an operation $1, or one of what it rehearses ($2): of what, by whom, when.
SELECT coalesce(j."detail" ->> 'of', ''), coalesce(j."detail" ->> 'by', j."detail" ->> 'to', ''),
       to_char(j."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       extract(epoch FROM now() - j."at")::int8
  FROM "_pixelpim_journal" j WHERE j."operation" = $1::text OR j."operation" = $2::text ORDER BY j."id" DESC LIMIT 1
