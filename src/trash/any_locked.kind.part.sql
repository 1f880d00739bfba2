{union} SELECT i.kind, i."id", i.name, i.sku, i.place, i.parent, i."deletionId", i."deletedAt" FROM {cte}_item i
