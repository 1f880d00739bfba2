-- Mail $1 was sent. What it said is not kept: there may be a code in it.
UPDATE "Mail" SET "sentAt" = now(), "body" = '', "trouble" = NULL WHERE "id" = $1::int8
