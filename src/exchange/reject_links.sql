-- Links from a variant to its parent that can't be, whatever the other links are: for tenant $1, in the file and in
-- the catalogue together.
WITH known AS (
    SELECT sku FROM import_row
    UNION SELECT p."sku" FROM live."Product" p
           WHERE p."userId" = $1::int4 AND p."sku" IN (SELECT parent FROM import_link UNION SELECT child FROM import_link)),
bad AS (
    SELECT l.line, l.parent, l.child,
           CASE WHEN l.parent = l.child THEN format('variants: "%s" can''t be its own variant', l.child)
                WHEN NOT EXISTS (SELECT FROM known k WHERE k.sku = l.child)
                THEN format('variants: "%s" is not linked: it is neither in the file nor in the catalogue', l.child)
                WHEN NOT EXISTS (SELECT FROM known k WHERE k.sku = l.parent)
                THEN format('parent: "%s" is not linked: it is neither in the file nor in the catalogue', l.parent)
                WHEN EXISTS (SELECT FROM import_link o WHERE o.child = l.child AND o.parent <> l.parent AND o.line < l.line)
                THEN format('variants: "%s" is a variant of another product in the file already', l.child) END AS reason
      FROM import_link l),
gone AS (
    DELETE FROM import_link l USING bad b
     WHERE b.reason IS NOT NULL AND l.line = b.line AND l.parent = b.parent AND l.child = b.child)
INSERT INTO import_reject (line, reason, is_row) SELECT line, reason, false FROM bad WHERE reason IS NOT NULL
