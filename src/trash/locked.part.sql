-- The rows, locked: each kind by itself, in the order of ids.
/* locked_item.kind.part.sql */
item AS MATERIALIZED (/* any_locked.kind.part.sql */),
