-- Keeps a stronger hash ($3) of the same password of user $1, unless the password ($2, its old hash) was changed.
UPDATE "User" SET "password" = $3::text WHERE "id" = $1::int4 AND "password" = $2::text RETURNING "id"
