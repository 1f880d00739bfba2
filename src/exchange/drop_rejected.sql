-- What was rejected does not go on.
DELETE FROM import_row r USING import_reject j WHERE j.entry = r.entry AND j.is_row;
DELETE FROM import_value v WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.entry = v.entry);
DELETE FROM import_category c WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.entry = c.entry);
DELETE FROM import_link l WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.entry = l.entry);
DELETE FROM import_family f WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.family = f.family);
