-- The servers that are connected to this database.
SELECT DISTINCT coalesce(host(a.client_addr), 'this machine')
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.application_name LIKE 'pixelpim-%' ORDER BY 1
