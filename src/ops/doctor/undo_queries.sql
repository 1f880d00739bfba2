-- What entry $1 of the journal changed, the last first, as the statements that put it back as it was, and what of it they do not
-- count. An owner who came back stays: all that is theirs would go with them.
SELECT CASE c."operation"
       WHEN 'insert' THEN format('DELETE FROM public.%I t WHERE to_jsonb(t) @> %L::jsonb', c."relation", c."before")
       WHEN 'delete' THEN format('INSERT INTO public.%1$I SELECT (jsonb_populate_record(NULL::public.%1$I, %2$L)).*', c."relation", c."before")
       WHEN 'update' THEN format('UPDATE public.%1$I t SET %2$s FROM jsonb_populate_record(NULL::public.%1$I, %3$L) b WHERE t."id" = b."id"',
                                 c."relation",
                                 (SELECT string_agg(format('%1$I = b.%1$I', k), ', ') FROM jsonb_object_keys(c."before" - 'id') k), c."before")
       WHEN 'sequence' THEN format('SELECT setval(%L::regclass, %s, %L)', c."relation", greatest((c."before" ->> 'value')::int8, 1),
                                   (c."before" ->> 'value')::int8 > 0)
       WHEN 'index' THEN format('DROP INDEX IF EXISTS public.%I', c."relation")
       END AS query, (c."operation" = 'index')::int4 AS uncounted
  FROM "_pixelpim_changes" c
 WHERE c."journalId" = $1::int8 AND c."operation" <> 'trash' AND NOT (c."operation" = 'insert' AND c."relation" = 'User')
 ORDER BY c."number" DESC
