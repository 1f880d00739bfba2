-- Accounts that are made later get other ids than those that came back.
SELECT setval(pg_get_serial_sequence('public."User"', 'id'), greatest((SELECT max(u."id") FROM "User" u), s."last_value", 1))
  FROM "User_id_seq" s
