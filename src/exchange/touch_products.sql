-- A product of tenant $1 whose values or categories changed is a changed product.
UPDATE live."Product" p SET "updatedAt" = now() AT TIME ZONE 'UTC', "version" = p."version" + 1
  FROM import_changed c
 WHERE p."userId" = $1::int4 AND p."id" = c.id AND p."updatedAt" <> (now() AT TIME ZONE 'UTC')::timestamp(3)
   AND NOT EXISTS (SELECT FROM import_made m WHERE m.id = c.id)
