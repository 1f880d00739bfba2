-- The living attribute $2 of tenant $1, with the groups that it is in.
SELECT /* attribute_record.part.sql */ AS "groups"
  FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."id" = $2::int4
