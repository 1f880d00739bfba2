-- The rows, only looked at.
item AS MATERIALIZED (
    /* seen_item.kind.part.sql */),
