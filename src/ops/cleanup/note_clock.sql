-- The clock was seen by the machine $1, $2 seconds after its boot. $3: what is wrong with it, and all else stays; NULL: nothing.
-- $4: somebody says that it is right.
INSERT INTO "ClockSeen" AS c ("at", "bootId", "bootSeconds", "trouble")
VALUES (now(), $1::text, $2::int8, $3::text)
ON CONFLICT ("one") DO UPDATE SET
       "at" = CASE WHEN $3::text IS NULL THEN excluded."at" ELSE c."at" END,
       "bootId" = CASE WHEN $3::text IS NULL THEN excluded."bootId" ELSE c."bootId" END,
       "bootSeconds" = CASE WHEN $3::text IS NULL THEN excluded."bootSeconds" ELSE c."bootSeconds" END,
       "accepted" = c."accepted" + $4::bool::int4, "trouble" = excluded."trouble"
RETURNING c."accepted"
