{union} SELECT i.kind, i."id", i.name, i.sku FROM {cte}_item i
