-- Entry $1 of the journal.
SELECT j."operation", j."state", j."detail" ->> 'deletions' AS deletions FROM "_pixelpim_journal" j WHERE j."id" = $1::int8 FOR UPDATE
