-- When the team was told that it is done, after the newest migration came in; and whom.
SELECT to_char(j."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), j."detail" ->> 'to'
  FROM "_pixelpim_journal" j
 WHERE j."operation" = 'notice.done' AND j."state" = 'done'
   AND j."at" >= (SELECT max(m."finished_at") FROM "_pixelpim_migrations" m WHERE m."rolled_back_at" IS NULL)
 ORDER BY j."id" DESC LIMIT 1
