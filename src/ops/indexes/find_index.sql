-- The index $1 of the schema $2: what it is, without the names of schemas; whether it is valid, its size, and how often it was
-- read.
SELECT regexp_replace(pg_get_indexdef(i.indexrelid), ' ON (pg_temp|public)\.', ' ON '), i.indisvalid,
       pg_relation_size(i.indexrelid), coalesce(s.idx_scan, 0)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
 WHERE c.relname = $1::text
   AND c.relnamespace = CASE $2::text WHEN 'pg_temp' THEN pg_my_temp_schema() ELSE to_regnamespace($2::text) END
