-- Which of the scopes $2 user $1, a member of staff, may not give away: they don't have them.
SELECT s.scope FROM unnest($2::text[]) AS s (scope)
 WHERE NOT EXISTS (SELECT FROM "UserPermission" g
                    WHERE g."userId" = $1::int4 AND g."granted" AND g."resource" || ':' || g."action" = s.scope)
