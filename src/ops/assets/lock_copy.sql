-- One copy at a time: is this session the one? (Until it ends.)
SELECT pg_try_advisory_lock(hashtext('assets copy')) AS "locked"
