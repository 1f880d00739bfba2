-- What an import came to, for the summary. ($1, the tenant, has nothing to choose here: the tables are this
-- connection's own, and its rows are of one "userId".)
SELECT (SELECT count(*) FROM import_made), (SELECT count(DISTINCT c.id) FROM import_changed c WHERE NOT EXISTS (SELECT FROM import_made m WHERE m.id = c.id)),
       (SELECT count(*) FROM import_row), (SELECT count(*) FROM import_reject WHERE is_row),
       (SELECT count(*) FROM import_link l JOIN live."Product" v ON v."userId" = $1::int4 AND v."sku" = l.child AND v."parentProductId" IS NOT NULL),
       (SELECT count(*) FROM import_made_model WHERE kind = 'attribute'), (SELECT count(*) FROM import_made_model WHERE kind = 'family'),
       (SELECT count(*) FROM import_made_model WHERE kind = 'category')
