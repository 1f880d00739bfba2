-- Transactions of everybody on this database, so far: with all of this connection, which else tells of them once a second.
SELECT coalesce(s.xact_commit + s.xact_rollback, 0)::int8 AS "commits"
  FROM pg_stat_database s, (SELECT pg_stat_force_next_flush()) own WHERE s.datname = current_database()
