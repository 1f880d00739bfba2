-- The standbys: how many, and the longest time that one is behind, in seconds; and slots that nobody reads, which keep WAL.
SELECT count(*), coalesce(extract(epoch FROM max(r.replay_lag)), 0)::int8,
       (SELECT coalesce(string_agg(s.slot_name, ', '), '') FROM pg_replication_slots s WHERE NOT s.active)
  FROM pg_stat_replication r
