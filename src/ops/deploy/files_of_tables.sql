-- Each table with its rows as the planner knows them, its size, and the file that it lies in: another one where it was rewritten.
SELECT c.relname, greatest(c.reltuples, 0)::int8, pg_relation_size(c.oid), pg_relation_filenode(c.oid)
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE '\_pixelpim\_%' ORDER BY 1
