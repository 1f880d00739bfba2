-- How large a table ($1) is: rows as the planner sees them (-1: nobody counted yet), pages, bytes with indexes.
SELECT c.reltuples::int8, pg_relation_size(c.oid) / current_setting('block_size')::int8, pg_total_relation_size(c.oid)
  FROM pg_class c WHERE c.oid = to_regclass(format('public.%I', $1::text))
