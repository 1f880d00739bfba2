-- One of the servers leads, as long as its connection lives: 1 for that one.
SELECT pg_try_advisory_lock(hashtext('pixelpim leader'))::int4 AS "isTaken"
