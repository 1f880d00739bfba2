-- Of the links that could be, those that would give a variant variants, for tenant $1: in the file and in the
-- catalogue together.
WITH bad AS (
    SELECT l.line, l.parent, l.child,
           CASE WHEN EXISTS (SELECT FROM import_link o WHERE o.child = l.parent)
                THEN format('parent: "%s" is a variant itself; variants have one level', l.parent)
                WHEN EXISTS (SELECT FROM live."Product" p WHERE p."userId" = $1::int4 AND p."sku" = l.parent
                                AND p."parentProductId" IS NOT NULL)
                THEN format('parent: "%s" is a variant in the catalogue; variants have one level', l.parent)
                WHEN EXISTS (SELECT FROM live."Product" p JOIN live."Product" c ON c."parentProductId" = p."id"
                              WHERE p."userId" = $1::int4 AND p."sku" = l.child)
                THEN format('variants: "%s" has variants of its own; variants have one level', l.child) END AS reason
      FROM import_link l),
gone AS (
    DELETE FROM import_link l USING bad b
     WHERE b.reason IS NOT NULL AND l.line = b.line AND l.parent = b.parent AND l.child = b.child)
INSERT INTO import_reject (line, reason, is_row) SELECT line, reason, false FROM bad WHERE reason IS NOT NULL
