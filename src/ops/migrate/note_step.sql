-- Of the run $1 the first $2 steps are done; $3: what stopped it.
UPDATE "_pixelpim_migrations" SET "applied_steps_count" = $2::int4, "logs" = $3::text WHERE "id" = $1::text
