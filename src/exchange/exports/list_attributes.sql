-- The attributes of tenant $1, by name.
SELECT a."id", a."name", a."type", a."defaultValue" FROM live."Attribute" a
 WHERE a."userId" = $1::int4 ORDER BY lower(a."name"), a."name"
