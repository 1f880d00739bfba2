-- What an import of tenant $1 made besides products: the first 1,000 of each kind.
SELECT s.kind, s.name, s.type
  FROM (SELECT m.kind, m.name, m.type, row_number() OVER (PARTITION BY m.kind ORDER BY m.name) AS place
          FROM import_made_model m WHERE $1::int4 IS NOT NULL) s
 WHERE s.place <= 1000 ORDER BY s.kind, s.name
