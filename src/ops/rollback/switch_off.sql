-- Switches the trash off, for every server with its next request. Always one row: since when, and whether it was on.
WITH switched AS (INSERT INTO "TrashOff" DEFAULT VALUES ON CONFLICT DO NOTHING RETURNING "since")
SELECT to_char(coalesce((SELECT s."since" FROM switched s), (SELECT o."since" FROM "TrashOff" o), now()) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       EXISTS (SELECT FROM switched), 0
