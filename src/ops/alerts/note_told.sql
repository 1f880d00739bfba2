-- The webhook took the alert $1; $2: that it is over.
UPDATE "Alert" a SET "toldAt" = coalesce(a."toldAt", now()), "toldResolvedAt" = CASE WHEN $2::bool THEN now() END
 WHERE a."id" = $1::int8
RETURNING a."id"
