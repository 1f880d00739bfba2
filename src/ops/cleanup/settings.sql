-- One plan for all batches, for to make it takes as long as a third of a batch; and nobody is waited for, or kept waiting, for long.
SET plan_cache_mode = force_generic_plan;
SET lock_timeout = '1s';
SET statement_timeout = '60s';
