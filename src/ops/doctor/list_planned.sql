-- What is planned for the trash, as "kind id".
SELECT coalesce(array_agg(c."relation" || ' ' || (c."before" ->> 'id')), '{}')::text
  FROM "_pixelpim_changes" c JOIN "_pixelpim_journal" j ON j."id" = c."journalId"
 WHERE j."state" = 'planned' AND c."operation" = 'trash'
