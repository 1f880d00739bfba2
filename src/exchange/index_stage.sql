-- Once the file is read.
CREATE INDEX ON import_row (entry);
CREATE INDEX ON import_row (sku);
CREATE INDEX ON import_row (name);
CREATE INDEX ON import_value (entry);
CREATE INDEX ON import_category (entry);
CREATE INDEX ON import_link (child);
CREATE INDEX ON import_reject (entry);
ANALYZE import_row, import_value, import_name, import_category, import_family, import_link, import_reject;
