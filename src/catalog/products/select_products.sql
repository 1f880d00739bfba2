-- The ids of the products of tenant $1 that match, in order. The parameters are those of filter_products.
WITH /* value_conditions.part.sql */,
/* sorting.part.sql */,
hits AS MATERIALIZED (
    /* matching_products.part.sql */
       /* matching_values.part.sql */
       AND ($17::text <> 'attribute' OR EXISTS (SELECT FROM sorting))
)
/* ordered_hits.part.sql */
