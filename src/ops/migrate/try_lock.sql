-- Takes the lock of the replaced service's tool ($1) and ours ($2), both or none.
SELECT CASE WHEN pg_try_advisory_lock($1::int8) THEN pg_try_advisory_lock($2::int8) OR NOT pg_advisory_unlock($1::int8) END
