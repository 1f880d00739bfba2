-- What this role may not do here though it is needed, each in words.
SELECT format('%s belongs to %s, and this role (%s) may not change it', t.tablename, t.tableowner, current_user)
  FROM pg_tables t WHERE t.schemaname = 'public' AND NOT pg_has_role(current_user, t.tableowner, 'MEMBER')
UNION ALL
SELECT format('this role (%s) may not make schemas in this database', current_user)
 WHERE NOT has_database_privilege(current_database(), 'CREATE')
UNION ALL
SELECT format('this role (%s) may not make tables in the schema public', current_user) WHERE NOT has_schema_privilege('public', 'CREATE')
