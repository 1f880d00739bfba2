-- The run $1 has looked at $2 more rows, of which $3 are purged and $4 are kept by a legal hold.
UPDATE "CleanupRun" r SET "aliveAt" = now(), "examined" = r."examined" + $2::int8, "purged" = r."purged" + $3::int8,
       "held" = r."held" + $4::int8
 WHERE r."id" = $1::int8
RETURNING r."state"
