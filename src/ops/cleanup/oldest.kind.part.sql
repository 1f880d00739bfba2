{union} (SELECT t."id", t."deletedAt", t."deletionId" FROM "{table}" t
     WHERE $3::text = '{kind}' AND t."userId" = $1::int4 AND t."isDeleted"
       AND t."deletedAt" <= (now() AT TIME ZONE 'UTC') - make_interval(days => (SELECT trash_retention($1::int4, $2::int4)))
       AND (t."deletedAt", t."id") > ($4::timestamp, $5::int4) AND NOT EXISTS (SELECT FROM "TrashOff")
     ORDER BY t."deletedAt", t."id" LIMIT $6::int4)
