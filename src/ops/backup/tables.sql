-- Every table that has rows of its own, as SQL names it; the largest first. Those of extensions are theirs.
SELECT format('%I.%I', n.nspname, c.relname) AS "name"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.deptype = 'e' AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid)
 ORDER BY c.relpages DESC, 1
