-- The database that this connection is to.
SELECT current_database()
