-- Whether the index $1 is there: NULL for no, else whether it is valid.
SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(format('%I', $1::text))
