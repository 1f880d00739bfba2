{union} SELECT r."id", r.name, r.sku, r."deletionId" FROM purged_{cte} r
