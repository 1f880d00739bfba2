-- What holds in the trash of tenant $1: always one row. $2 the installation's retention in days.
SELECT trash_retention($1::int4, $2::int4) AS "retentionDays", p."retentionDays" IS NOT NULL AS "isOwn",
       trash_brake_rows(p."brakeRows") AS "brakeRows", trash_brake_percent(p."brakePercent") AS "brakePercent",
       CASE WHEN p."brakeReleasedUntil" > now() THEN p."brakeReleasedUntil" AT TIME ZONE 'UTC' END AS "brakeReleasedUntil"
  FROM (SELECT) one LEFT JOIN "TrashPolicy" p ON p."userId" = $1::int4
