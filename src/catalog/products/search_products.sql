-- A page of the products of tenant $1 that match: $2 rows after the first $3, or after the row with creation time
-- $4 and id $5 (newest first only). Filters that are NULL don't count:
-- $6 variants too, $7 of this parent, $8 name or SKU like this, $9 beginning like this, $10 status,
-- $11 category, $12 attribute group, $13 family, $14 those that have none of: category, attributeGroup, family
-- (and living: only where what is asked for by $7, $11, $12, $13 and $15 is living and the tenant's),
-- $15 with any of these attributes. $16 ascending, $17 sorted by.
-- It is planned for each execution: what is constant then falls out of it, the sort keys too.
WITH hits AS NOT MATERIALIZED (
    /* matching_products.part.sql */
)
SELECT /* matching_total.part.sql */,
       /* product_columns.part.sql */
  FROM (SELECT h."id", row_number() OVER () AS place
          FROM (SELECT h.* FROM hits h
                 WHERE $4::timestamp IS NULL OR (h."createdAt", h."id") < ($4::timestamp, $5::int4)
                 ORDER BY CASE WHEN $16::bool THEN h.text_key END, CASE WHEN NOT $16::bool THEN h.text_key END DESC,
                          CASE WHEN $16::bool THEN h.number_key END, CASE WHEN NOT $16::bool THEN h.number_key END DESC,
                          CASE WHEN $16::bool THEN h.time_key END, CASE WHEN NOT $16::bool THEN h.time_key END DESC,
                          CASE WHEN $16::bool THEN h."id" END, CASE WHEN NOT $16::bool THEN h."id" END DESC
                 LIMIT $2::int4 OFFSET $3::int8) h) page
  JOIN live."Product" p ON p."id" = page."id"
 ORDER BY page.place
