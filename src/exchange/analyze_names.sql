-- That the names have their attributes now: the planner, which was told of none, would look for the products of each value.
ANALYZE import_name
