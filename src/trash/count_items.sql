-- How many rows of each kind are in the trash of tenant $1, of the kinds $2, of the deletion $3, with a name or SKU like $4,
-- deleted by $5, at $6 or later, before $7 (NULL: any). The unfiltered number of products is kept, and not counted.
SELECT c.kind, c.rows FROM (
    SELECT 'product'::text AS kind, CASE
           WHEN NOT 'product' = ANY ($2::text[]) THEN 0
           WHEN $3::int8 IS NULL AND $4::text IS NULL AND $5::int4 IS NULL AND $6::timestamp IS NULL AND $7::timestamp IS NULL
           THEN (SELECT coalesce(sum(l."rows"), 0)::int8 FROM "ListTotal" l WHERE l."userId" = $1::int4 AND l."kind" = 'product.trash')
           ELSE (SELECT count(*) FROM trash."Item" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
                  WHERE t."kind" = 'product' AND t."userId" = $1::int4
        /* item_filter.part.sql */) END AS rows UNION ALL SELECT t."kind", count(*) FROM trash."Item" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
     WHERE t."kind" <> 'product' AND t."kind" = ANY ($2::text[]) AND t."userId" = $1::int4
        /* item_filter.part.sql */
     GROUP BY t."kind") c
 WHERE c.rows > 0 ORDER BY c.kind
