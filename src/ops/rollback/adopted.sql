-- How many of our migrations the database had when it was adopted.
SELECT count(*) FROM "_pixelpim_migrations" m WHERE m."logs" = 'adopted' AND m."rolled_back_at" IS NULL
