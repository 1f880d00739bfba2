-- Staff $2 of owner $1 gets, or loses, each permission: resources $3, actions $4, granted $5. By $6, request $7.
WITH wanted AS (
    SELECT DISTINCT ON (w.resource, w.action) w.resource, w.action, w.granted
      FROM unnest($3::text[], $4::text[], $5::int4[]::bool[]) WITH ORDINALITY AS w (resource, action, granted, position)
     ORDER BY w.resource, w.action, w.position DESC),
staff AS (
    SELECT u."id" FROM "User" u
     WHERE u."id" = $2::int4 AND u."ownerId" = $1::int4 AND u."role" = 'STAFF' FOR SHARE),
written AS (
    INSERT INTO "UserPermission" AS p ("userId", "resource", "action", "granted", "createdAt", "updatedAt")
    SELECT s."id", w.resource, w.action, w.granted, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM staff s, wanted w ORDER BY w.resource, w.action
    ON CONFLICT ("userId", "resource", "action") DO UPDATE SET "granted" = excluded."granted", "updatedAt" = excluded."updatedAt"
    RETURNING p."id", p."userId", p."resource", p."action", p."granted", p."createdAt", p."updatedAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $6::int4, 'permission.grant', 'account', s."id", $7::text,
           (SELECT jsonb_agg(jsonb_build_object('resource', w.resource, 'action', w.action, 'granted', w.granted)) FROM wanted w)
      FROM staff s)
SELECT w."id", w."userId", w."resource", w."action", w."granted", w."createdAt", w."updatedAt" FROM written w
 ORDER BY w."resource", w."action"
