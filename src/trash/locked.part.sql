-- The rows, locked: each kind by itself, in the order of ids. (A CASE, here and in the other parts: it is nothing that the planner
-- has statistics of. Where those are older than a tenant's rows it takes all of them for one row, and reads what is chosen again for each.)
/* locked_item.kind.part.sql */
item AS MATERIALIZED (/* any_locked.kind.part.sql */),
