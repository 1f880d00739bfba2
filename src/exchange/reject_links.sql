-- Links from a variant to its parent that can't be: for tenant $1, in the file and in the catalogue together.
WITH accepted AS (
    SELECT r.sku FROM import_row r WHERE NOT EXISTS (SELECT FROM import_reject j WHERE j.line = r.line AND j.is_row)),
known AS (
    SELECT sku FROM accepted
    UNION SELECT p."sku" FROM live."Product" p WHERE p."userId" = $1::int4 AND p."sku" IN (SELECT parent FROM import_link UNION SELECT child FROM import_link)),
bad AS (
    SELECT l.line, l.parent, l.child,
           CASE WHEN l.parent = l.child THEN format('variants: "%s" can''t be its own variant', l.child)
                WHEN NOT EXISTS (SELECT FROM known k WHERE k.sku = l.child)
                THEN format('variants: "%s" is not linked: it is neither in the file nor in the catalogue', l.child)
                WHEN NOT EXISTS (SELECT FROM known k WHERE k.sku = l.parent)
                THEN format('parent: "%s" is not linked: it is neither in the file nor in the catalogue', l.parent)
                WHEN EXISTS (SELECT FROM import_link o WHERE o.child = l.parent AND o.parent <> o.child)
                THEN format('parent: "%s" is a variant itself; variants have one level', l.parent)
                WHEN EXISTS (SELECT FROM import_link o WHERE o.child = l.child AND o.parent <> l.parent AND o.line < l.line)
                THEN format('variants: "%s" is a variant of another product in the file already', l.child)
                WHEN EXISTS (SELECT FROM live."Product" p WHERE p."userId" = $1::int4 AND p."sku" = l.parent
                                AND p."parentProductId" IS NOT NULL)
                THEN format('parent: "%s" is a variant in the catalogue; variants have one level', l.parent)
                WHEN EXISTS (SELECT FROM live."Product" p JOIN live."Product" c ON c."parentProductId" = p."id"
                              WHERE p."userId" = $1::int4 AND p."sku" = l.child)
                THEN format('variants: "%s" has variants of its own; variants have one level', l.child) END AS reason
      FROM import_link l
     WHERE NOT EXISTS (SELECT FROM import_reject j WHERE j.line = l.line AND j.is_row)),
gone AS (
    DELETE FROM import_link l USING bad b
     WHERE b.reason IS NOT NULL AND l.line = b.line AND l.parent = b.parent AND l.child = b.child)
INSERT INTO import_reject (line, reason, is_row) SELECT line, reason, false FROM bad WHERE reason IS NOT NULL
