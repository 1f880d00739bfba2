-- The next one may.
SELECT pg_advisory_unlock(hashtext('pixelpim cleanup'))::int4 AS "isReleased"
