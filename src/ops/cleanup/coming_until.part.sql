SELECT i."kind", i."id", i."deletionId"
  FROM trash."Item" i LEFT JOIN "Deletion" d ON d."id" = i."deletionId"
  LEFT JOIN "TrashPolicy" p ON p."userId" = i."userId"
 WHERE i."userId" = $1::int4 AND $3::timestamp > now() AT TIME ZONE 'UTC'
   AND coalesce(d."purgeAfter", i."deletedAt" + make_interval(days => coalesce(p."retentionDays", $2::int4))) <= $3::timestamp
   AND d."state" IS DISTINCT FROM 'running'
   AND trash_hold_on(i."userId", i."kind", i."id") IS NULL
   AND NOT EXISTS (SELECT FROM "TrashOff")
