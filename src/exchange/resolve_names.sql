-- Which of the attributes of tenant $1 the file means: the one of that very name, else one that differs in case only, else
-- the one that an attribute of that name would be made as.
WITH wanted AS (
    SELECT n.name, (SELECT a."id" FROM live."Attribute" a
                     WHERE a."userId" = $1::int4
                       AND (a."name" IN (n.name, n.clean) OR lower(a."name") IN (lower(n.name), lower(n.clean)))
                     ORDER BY a."name" = n.name DESC, lower(a."name") = lower(n.name) DESC, a."name" = n.clean DESC, a."id"
                     LIMIT 1) AS attribute_id
      FROM import_name n WHERE n.attribute_id IS NULL)
UPDATE import_name n SET attribute_id = a."id", type = a."type", options = a."options"
  FROM wanted w JOIN live."Attribute" a ON a."id" = w.attribute_id AND a."userId" = $1::int4
 WHERE n.name = w.name
