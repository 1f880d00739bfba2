{union} SELECT t."id" FROM trashed_{cte} t
