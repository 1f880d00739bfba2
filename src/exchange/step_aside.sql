-- Living products of tenant $1 that the file renames, and whose present name it gives to another one, take a name that
-- nobody has until theirs comes: a unique index looks at each row as it changes.
UPDATE live."Product" p SET "name" = gen_random_uuid()::text
  FROM import_row r, import_row other
 WHERE p."userId" = $1::int4 AND r.sku = p."sku" AND r.name <> p."name" AND other.name = p."name" AND other.sku <> p."sku"
