-- What is in the schema $1, an object a row: its kind, the table that it belongs to, its name, what it is; of a column whether
-- it is NOT NULL, and its default. Names are written as they are seen through the search_path. The ledgers are left out.
WITH relation AS (
    SELECT c.oid, c.relname AS name, CASE n.oid WHEN pg_my_temp_schema() THEN 'pg_temp.' ELSE quote_ident(n.nspname) || '.' END AS prefix, c.relrowsecurity
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.oid = $1::oid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> '_prisma_migrations' AND c.relname NOT LIKE '\_pixelpim\_%')
SELECT 'type' AS kind, '' AS relation, t.typname AS name,
       (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS definition,
       false AS is_required, NULL AS fallback
  FROM pg_type t WHERE t.typnamespace = $1::oid AND t.typtype = 'e'
UNION ALL
SELECT 'table', r.name, r.name, '', false, NULL FROM relation r
UNION ALL
SELECT 'column', r.name, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
UNION ALL
SELECT 'index', r.name, c.relname,
       replace(pg_get_indexdef(i.indexrelid), ' ON ' || r.prefix, ' ON ') || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END, false, NULL
  FROM relation r JOIN pg_index i ON i.indrelid = r.oid AND NOT i.indisprimary JOIN pg_class c ON c.oid = i.indexrelid
UNION ALL
SELECT 'constraint', r.name, k.conname, pg_get_constraintdef(k.oid), false, NULL
  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'f', 'u', 'c', 'x')
UNION ALL
SELECT 'trigger', r.name, g.tgname, replace(pg_get_triggerdef(g.oid), ' ON ' || r.prefix, ' ON '), false, NULL
  FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid AND NOT g.tgisinternal
UNION ALL
SELECT 'row security', r.name, r.name, '', false, NULL FROM relation r WHERE r.relrowsecurity
UNION ALL
SELECT 'view', '', v.relname, pg_get_viewdef(v.oid), false, NULL
  FROM pg_class v WHERE v.relnamespace = $1::oid AND v.relkind IN ('v', 'm')
UNION ALL
SELECT 'function', '', f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')', md5(f.prosrc), false, NULL
  FROM pg_proc f
 WHERE f.pronamespace = $1::oid
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
