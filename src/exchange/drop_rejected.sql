-- What was rejected does not go on.
DELETE FROM import_row r USING import_reject j WHERE j.line = r.line AND j.is_row;
DELETE FROM import_value v WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.line = v.line);
DELETE FROM import_category c WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.line = c.line);
DELETE FROM import_link l WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.line = l.line);
