-- Since when the trash is off; no row where it is on.
SELECT to_char(o."since" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM "TrashOff" o
