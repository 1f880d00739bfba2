WITH RECURSIVE known AS (
    SELECT c."id", ARRAY[c."name"] AS path FROM live."Category" c
     WHERE c."userId" = $1::int4 AND c."parentCategoryId" IS NULL
    UNION ALL
    SELECT c."id", k.path || c."name" FROM known k JOIN live."Category" c ON c."parentCategoryId" = k."id"
     WHERE cardinality(k.path) < 32)
