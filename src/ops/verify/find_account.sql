-- The account that verifications work with, by its address $1; a deactivated one may be used again.
UPDATE "User" u SET "deactivatedAt" = NULL WHERE u."email" = $1::text RETURNING u."id"
