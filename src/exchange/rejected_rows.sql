-- The next 1,000 rejects behind number $1, by line.
SELECT id, line, reason, is_row FROM import_reject WHERE id > $1::int8 ORDER BY id LIMIT 1000
