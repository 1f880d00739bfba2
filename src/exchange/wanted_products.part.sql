/* category_path.part.sql */,
wanted AS (
    SELECT r.*, f."id" AS family_id, g."id" AS attribute_group_id, k."id" AS category_id
      FROM import_row r
      LEFT JOIN live."Family" f ON f."userId" = $1::int4 AND f."name" = r.family
      LEFT JOIN live."AttributeGroup" g ON g."userId" = $1::int4 AND g."name" = r.attribute_group
      LEFT JOIN import_category i ON i.entry = r.entry AND i.position = 1
      LEFT JOIN known k ON k.path = i.path)
