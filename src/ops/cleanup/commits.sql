-- Transactions of everybody on this database, so far.
SELECT coalesce(s.xact_commit + s.xact_rollback, 0)::int8 AS "commits"
  FROM pg_stat_database s WHERE s.datname = current_database()
