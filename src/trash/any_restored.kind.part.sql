{union} SELECT '{kind}'::text AS kind, r."id" FROM restored_{cte} r
