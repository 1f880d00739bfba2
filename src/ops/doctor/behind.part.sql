-- Sequences that are behind their column.
known AS MATERIALIZED (
    SELECT c.relname AS relation, a.attname AS name, pg_get_serial_sequence(format('public.%I', c.relname), a.attname) AS sequence
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid IN ('int4'::regtype, 'int8'::regtype)),
behind AS MATERIALIZED (
    SELECT k.relation, k.sequence, coalesce(s.last_value, 0) AS value, n.newest
      FROM known k JOIN pg_sequences s ON format('%I.%I', s.schemaname, s.sequencename) = k.sequence,
           LATERAL (SELECT ((xpath('/row/newest/text()', query_to_xml(format('SELECT max(%I) AS newest FROM public.%I', k.name, k.relation),
                                                                      false, true, '')))[1])::text::int8 AS newest) n
     WHERE n.newest > coalesce(s.last_value, 0))
