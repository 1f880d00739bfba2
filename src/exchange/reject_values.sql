-- Rows with values that do not fit the attribute, whose type the catalogue or the file says.
INSERT INTO import_reject (line, entry, reason, is_row, is_staged)
SELECT r.line, r.entry, string_agg(format('%s: "%s" %s', v.name, left(v.value, 60), f.trouble), '; ' ORDER BY v.name), true, true
  FROM import_row r JOIN import_value v ON v.entry = r.entry JOIN import_fit f ON f.name = v.name AND f.value = v.value
 WHERE f.trouble IS NOT NULL
 GROUP BY r.line, r.entry
