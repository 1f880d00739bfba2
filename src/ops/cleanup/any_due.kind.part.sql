{union} SELECT i."id", i.name, i.sku, i."deletionId", i."deletedAt" FROM {cte}_item i
