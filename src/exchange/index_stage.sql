-- Once the file is read.
CREATE INDEX ON import_row (sku);
CREATE INDEX ON import_row (name);
CREATE INDEX ON import_value (line);
CREATE INDEX ON import_category (line);
CREATE INDEX ON import_link (child);
CREATE INDEX ON import_reject (line);
ANALYZE import_row, import_value, import_category, import_link, import_reject;
