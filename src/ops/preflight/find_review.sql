-- The last entry of the journal that is an operation $1: of what, by whom, when, how long ago, and whether all of the items $2 (a JSON
-- array) were in it.
SELECT coalesce(j."detail" ->> 'of', ''), coalesce(j."detail" ->> 'by', j."detail" ->> 'to', ''),
       to_char(j."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       extract(epoch FROM now() - j."at")::int8, coalesce(j."detail" -> 'items' @> $2::jsonb, false)
  FROM "_pixelpim_journal" j WHERE j."operation" = $1::text AND j."state" = 'done' ORDER BY j."id" DESC LIMIT 1
