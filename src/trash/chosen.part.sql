-- What is chosen of the trash of tenant $1: of the kinds $2, those with an id of $3, of the deletion $4, whose name or SKU is like
-- $5, deleted by $6, at $7 or later, before $8 (each NULL: whatever it is); $9 rows at most. Nothing of a deletion that
-- still goes on. (The CASE: what has ids is found by them, not among all of the tenant's.)
chosen AS MATERIALIZED (
    SELECT c.kind AS "kind", c."id", c."deletionId" FROM (
    /* chosen_item.kind.part.sql */) c
     WHERE NOT EXISTS (SELECT FROM "Deletion" r WHERE r."userId" = $1::int4 AND r."id" = $4::int8 AND r."state" = 'running')
     ORDER BY c.kind, c."id" LIMIT $9::int4),
