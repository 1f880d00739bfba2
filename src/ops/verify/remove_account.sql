-- The account with the address $1 and all that a verification made for it, once it has no asset any more (whose file would
-- stay). The audit events stay.
WITH gone AS (
    DELETE FROM "User" u WHERE u."email" = $1::text AND NOT EXISTS (SELECT FROM "Asset" a WHERE a."userId" = u."id")
    RETURNING u."id")
DELETE FROM "ListTotal" t USING gone g WHERE t."userId" = g."id"
