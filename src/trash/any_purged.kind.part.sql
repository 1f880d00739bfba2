{union} SELECT '{kind}'::text AS kind, r."id" FROM purged_{cte} r
