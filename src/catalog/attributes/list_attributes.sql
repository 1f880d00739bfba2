-- A page of the living attributes of tenant $1: $2 after the first $3, and how many there are. Filters that are NULL don't
-- count: $4 name like this, $5 type, $6 with a default or without, $7 in groups or in none, $8 and $9 created from and to.
-- $10 ascending, $11 sorted by: name, type, createdAt, updatedAt, or totalAttributes, which is the number of groups.
WITH hits AS NOT MATERIALIZED (
    /* matching_attributes.part.sql */
)
SELECT (SELECT count(*) FROM hits) AS "total",
       ARRAY(SELECT ROW(/* attribute_record.part.sql */)
               FROM (SELECT o."id", row_number() OVER () AS place
                       FROM (SELECT h."id" FROM hits h
                              ORDER BY CASE WHEN $10::bool THEN h.text_key END,
                                       CASE WHEN NOT $10::bool THEN h.text_key END DESC,
                                       CASE WHEN $10::bool THEN h.time_key END,
                                       CASE WHEN NOT $10::bool THEN h.time_key END DESC,
                                       CASE WHEN $10::bool THEN h.number_key END,
                                       CASE WHEN NOT $10::bool THEN h.number_key END DESC,
                                       CASE WHEN $10::bool THEN h."id" END, CASE WHEN NOT $10::bool THEN h."id" END DESC
                              LIMIT $2::int4 OFFSET $3::int8) o) page
               JOIN live."Attribute" a ON a."id" = page."id"
              ORDER BY page.place) AS "items"
