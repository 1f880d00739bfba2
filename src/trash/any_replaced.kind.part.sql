{union} SELECT '{kind}'::text AS kind, r."id", r.name, r."deletionId", r.is_root, r."itemCount" FROM replaced_{cte} r
