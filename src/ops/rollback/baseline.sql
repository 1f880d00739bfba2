-- The catalog as it was when the database was adopted, an object a line, and what the baseline changed of it.
SELECT j."detail" -> 'catalog', coalesce((SELECT string_agg(d ->> 'what', E'\n') FROM jsonb_array_elements(j."detail" -> 'done') d), '')
  FROM "_pixelpim_journal" j WHERE j."operation" = 'baseline' AND j."state" = 'done' ORDER BY j."id" DESC LIMIT 1
