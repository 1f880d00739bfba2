-- The database's clock, as it is in the time zone $1 too, and as it was last seen. Always one row.
SELECT now() AT TIME ZONE 'UTC' AS "at", date_trunc('second', now() AT TIME ZONE $1::text) AS "local",
       c."at" AT TIME ZONE 'UTC' AS "seenAt", c."bootId", c."bootSeconds", coalesce(c."accepted", 0) AS "accepted"
  FROM (SELECT) one LEFT JOIN "ClockSeen" c ON c."one"
