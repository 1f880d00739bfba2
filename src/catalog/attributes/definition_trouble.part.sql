coalesce(CASE WHEN w."type" NOT IN ('ENUM', 'ARRAY') AND cardinality(w.given_options) > 0
                     THEN 'options are only for the types Dropdown and Multiselect' END,
                CASE WHEN w.default_is_json AND NOT (w."type" = 'JSON' OR w."type" = 'ARRAY' AND w.given_default LIKE '[%')
                     THEN 'defaultValue must be a single value' END,
                'defaultValue ' || v.trouble)
