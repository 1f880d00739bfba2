{union} SELECT '{kind}'::text AS kind, r."id", r.name, r."deletionId" FROM replaced_{cte} r
