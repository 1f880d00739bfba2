-- The time zone of this connection, and what the database and this role would have without one being said.
SELECT current_setting('TimeZone'), s."reset_val" FROM pg_settings s WHERE s."name" = 'TimeZone'
