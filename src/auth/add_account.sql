-- A new account: e-mail $1, full name $2, password hash $3, role $4, owner $5.
INSERT INTO "User" ("email", "fullname", "password", "role", "ownerId")
VALUES ($1::text, $2::text, $3::text, $4::text::"Role", $5::int4)
RETURNING "id"
