-- Only one cleanup at a time: 1 for who may.
SELECT pg_try_advisory_lock(hashtext('pixelpim cleanup'))::int4 AS "isTaken"
