-- The ids of the products of tenant $1 that match, in order. The parameters are those of search_products.
WITH hits AS NOT MATERIALIZED (
    /* matching_products.part.sql */
)
SELECT h."id" FROM hits h
 WHERE $4::timestamp IS NULL OR (h."createdAt", h."id") < ($4::timestamp, $5::int4)
 ORDER BY CASE WHEN $16::bool THEN h.text_key END, CASE WHEN NOT $16::bool THEN h.text_key END DESC,
          CASE WHEN $16::bool THEN h.number_key END, CASE WHEN NOT $16::bool THEN h.number_key END DESC,
          CASE WHEN $16::bool THEN h.time_key END, CASE WHEN NOT $16::bool THEN h.time_key END DESC,
          CASE WHEN $16::bool THEN h."id" END, CASE WHEN NOT $16::bool THEN h."id" END DESC
 LIMIT $2::int4 OFFSET $3::int8
