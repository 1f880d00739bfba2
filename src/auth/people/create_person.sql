-- A new account: e-mail $1, full name $2, password hash $3, role $4, owner $5 (of staff); by $6, request $7.
WITH made AS (
    INSERT INTO "User" ("email", "fullname", "password", "role", "ownerId")
    VALUES ($1::text, $2::text, $3::text, $4::text::"Role", $5::int4)
    RETURNING "id", "email", "fullname", "role"::text AS "role", "ownerId", "createdAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT coalesce(m."ownerId", m."id"), coalesce($6::int4, m."id"), 'account.create', 'account', m."id", $7::text,
           jsonb_build_object('role', m."role") FROM made m)
SELECT m."id", m."email", m."fullname", m."role", m."ownerId", m."createdAt" FROM made m
