-- From here on, in this transaction, names lead to the schema $1 ('public', 'pg_temp'); its number.
SELECT set_config('search_path', $1::text, true),
       CASE $1::text WHEN 'pg_temp' THEN pg_my_temp_schema() ELSE to_regnamespace($1::text)::oid END
