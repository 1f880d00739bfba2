-- The statement $1 took $2 milliseconds.
INSERT INTO "SlowStatement" ("name", "milliseconds") VALUES ($1::text, $2::int8) RETURNING "id"
