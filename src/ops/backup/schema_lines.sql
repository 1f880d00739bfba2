-- What the schema is, a line for each thing in it, in order: two databases with the same lines have the same schema. What
-- belongs to extensions is left out, and indexes that are not valid: no dump has those.
WITH space AS MATERIALIZED (
    SELECT n.oid, n.nspname AS name FROM pg_catalog.pg_namespace n
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
extended AS MATERIALIZED (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'),
relation AS MATERIALIZED (
    SELECT c.oid, format('%I.%I', s.name, c.relname) AS name, c.relkind, c.relrowsecurity, c.reloptions, c.relpartbound
      FROM pg_catalog.pg_class c JOIN space s ON s.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND NOT EXISTS (SELECT FROM extended e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid))
SELECT line FROM (
    SELECT format('schema %I', name) AS line FROM space
    UNION ALL
    SELECT format('extension %I', extname) FROM pg_catalog.pg_extension
    UNION ALL
    SELECT format('relation %s %s%s%s%s', name, relkind, CASE WHEN relrowsecurity THEN ' row security' END,
                  ' ' || array_to_string(reloptions, ','), ' ' || pg_get_expr(relpartbound, oid)) FROM relation
    UNION ALL
    SELECT format('partitioned %s %s', name, pg_get_partkeydef(oid)) FROM relation WHERE relkind = 'p'
    UNION ALL
    SELECT format('column %s %s %I %s%s%s%s%s', r.name,
                  lpad(row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum)::text, 4, '0'), a.attname,
                  format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' END,
                  CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text END,
                  CASE WHEN a.attgenerated <> '' THEN ' generated' END, ' = ' || pg_get_expr(d.adbin, d.adrelid))
      FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE r.relkind <> 'S'
    UNION ALL
    SELECT format('view %s %s', name, pg_get_viewdef(oid)) FROM relation WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT format('constraint %s %I %s', r.name, k.conname, pg_get_constraintdef(k.oid))
      FROM relation r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
    UNION ALL
    SELECT format('index %s', pg_get_indexdef(i.indexrelid))
      FROM relation r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid WHERE i.indisvalid
    UNION ALL
    SELECT format('trigger %s %s', t.tgenabled, pg_get_triggerdef(t.oid))
      FROM relation r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('policy %s %I %s %s %s', r.name, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid),
                  pg_get_expr(p.polwithcheck, p.polrelid))
      FROM relation r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
    UNION ALL
    SELECT format('function %s', pg_get_functiondef(f.oid))
      FROM pg_catalog.pg_proc f JOIN space s ON s.oid = f.pronamespace
     WHERE f.prokind IN ('f', 'p')
       AND NOT EXISTS (SELECT FROM extended e WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = f.oid)
    UNION ALL
    SELECT format('enum %I.%I %s', s.name, t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder))
      FROM pg_catalog.pg_type t JOIN space s ON s.oid = t.typnamespace JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
     GROUP BY s.name, t.typname) lines
 ORDER BY line COLLATE "C"
