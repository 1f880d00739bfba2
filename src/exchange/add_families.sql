-- Families that tenant $1 does not have yet.
WITH made AS (
    INSERT INTO live."Family" ("name", "userId", "createdAt", "updatedAt")
    SELECT DISTINCT r.family, $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM import_row r
     WHERE r.family IS NOT NULL
       AND NOT EXISTS (SELECT FROM live."Family" f WHERE f."userId" = $1::int4 AND f."name" = r.family)
     ORDER BY 1
    ON CONFLICT DO NOTHING
    RETURNING "id", "name")
INSERT INTO import_made_model (kind, id, name) SELECT 'family', "id", "name" FROM made
