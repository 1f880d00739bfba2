-- How many rows are in the trash.
SELECT count(*) FROM trash."Item"
