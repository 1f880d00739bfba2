-- A page of the products of tenant $1 that match, with conditions on values of attributes; $2 to $17 are those of
-- search_products. $18/$19 the attributes of conditions that narrow, each by its id or by its name, $20 their
-- operators (is, contains, filled, and ranges: [] with both ends, () without), $21/$22 their values: the one, or the
-- ends (NULL: open). $23/$24 attributes that must have no value. $25/$26 the attribute to sort by, where $17 says so.
-- Numbers are compared and sorted as numbers, what has no value comes last.
-- It is planned for each execution. What matches is found once.
WITH /* value_conditions.part.sql */,
/* sorting.part.sql */,
hits AS MATERIALIZED (
    /* matching_products.part.sql */
       /* matching_values.part.sql */
       AND ($17::text <> 'attribute' OR EXISTS (SELECT FROM sorting))
)
SELECT (SELECT count(*) FROM hits) AS "total",
       /* product_columns.part.sql */
  FROM (SELECT h."id", row_number() OVER () AS place
          FROM (/* ordered_hits.part.sql */) h) page
  JOIN live."Product" p ON p."id" = page."id"
 ORDER BY page.place
