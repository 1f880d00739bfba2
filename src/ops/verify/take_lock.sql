-- One verification of a database at a time.
SELECT pg_try_advisory_lock(hashtext('pixelpim verify'))
