-- Attribute groups that tenant $1 does not have yet.
WITH made AS (
    INSERT INTO live."AttributeGroup" ("name", "userId", "createdAt", "updatedAt")
    SELECT DISTINCT r.attribute_group, $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM import_row r
     WHERE r.attribute_group IS NOT NULL
       AND NOT EXISTS (SELECT FROM live."AttributeGroup" g WHERE g."userId" = $1::int4 AND g."name" = r.attribute_group)
     ORDER BY 1
    ON CONFLICT DO NOTHING
    RETURNING "id", "name")
INSERT INTO import_made_model (kind, id, name) SELECT 'attributeGroup', "id", "name" FROM made
