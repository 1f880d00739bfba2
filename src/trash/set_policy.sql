-- Sets what holds in the trash of tenant $1, for $2, request id $3: $4 whether the retention is set, to $5 days, $6 whether the
-- rows of the brake are, to $7, $8 whether its percentage is, to $9 (NULL of each: the installation's), $10 minutes from now
-- without a brake (NULL: as it is).
WITH written AS (
    INSERT INTO "TrashPolicy" AS t ("userId", "retentionDays", "brakeRows", "brakePercent", "brakeReleasedUntil", "updatedBy")
    SELECT $1::int4, CASE WHEN $4::bool THEN $5::int4 END, CASE WHEN $6::bool THEN $7::int4 END, CASE WHEN $8::bool THEN $9::int4 END,
           now() + make_interval(mins => $10::int4), $2::int4
    ON CONFLICT ("userId") DO UPDATE SET
           "retentionDays" = CASE WHEN $4::bool THEN excluded."retentionDays" ELSE t."retentionDays" END,
           "brakeRows" = CASE WHEN $6::bool THEN excluded."brakeRows" ELSE t."brakeRows" END,
           "brakePercent" = CASE WHEN $8::bool THEN excluded."brakePercent" ELSE t."brakePercent" END,
           "brakeReleasedUntil" = coalesce(excluded."brakeReleasedUntil", t."brakeReleasedUntil"),
           "updatedBy" = excluded."updatedBy", "updatedAt" = now()
    RETURNING "retentionDays", "brakeRows", "brakePercent", "brakeReleasedUntil"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "requestId", "detail")
    SELECT $1::int4, $2::int4, CASE WHEN $10::int4 IS NULL THEN 'trash.settings' ELSE 'trash.brake_released' END, 'trash', $3::text,
           jsonb_build_object('retentionDays', w."retentionDays", 'brakeRows', w."brakeRows", 'brakePercent', w."brakePercent",
                              'brakeReleasedUntil', w."brakeReleasedUntil")
      FROM written w)
SELECT (SELECT count(*)::int4 FROM written) AS "written"
