-- The columns of all tables, with their defaults.
SELECT c.relname, a.attname, coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL'), a.attidentity <> '' OR a.attgenerated <> ''
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relname NOT LIKE '\_pixelpim\_%' AND c.relname <> '_prisma_migrations'
 ORDER BY 1, 2
