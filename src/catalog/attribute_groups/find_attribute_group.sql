-- The living attribute group $2 of tenant $1, with its living attributes.
SELECT /* group_record.part.sql */ AS "members"
  FROM live."AttributeGroup" g WHERE g."userId" = $1::int4 AND g."id" = $2::int4
