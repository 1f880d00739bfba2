-- Is the trash switched off? Always one row.
SELECT EXISTS (SELECT FROM "TrashOff") AS "isOff"
