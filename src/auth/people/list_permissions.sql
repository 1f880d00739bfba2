-- What user $1 was granted or refused.
SELECT p."id", p."userId", p."resource", p."action", p."granted", p."createdAt", p."updatedAt"
  FROM "UserPermission" p WHERE p."userId" = $1::int4 ORDER BY p."resource", p."action"
