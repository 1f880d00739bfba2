-- The columns of the trash, in every table that has one: table, column, type, whether it may be NULL.
SELECT c.table_name, c.column_name, c.data_type, c.is_nullable
  FROM information_schema.columns c
  JOIN pg_class t ON t.oid = to_regclass(format('public.%I', c.table_name)) AND t.relkind = 'r'
 WHERE c.table_schema = 'public' AND c.column_name IN ('deletedAt', 'isDeleted')
   AND c.table_name IN ('Product', 'Asset', 'AssetGroup', 'Category', 'Family', 'Attribute', 'AttributeGroup')
 ORDER BY c.table_name, c.column_name
