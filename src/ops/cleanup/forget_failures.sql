-- What could not be purged and is not in the trash any more: it was restored, or somebody else purged it.
DELETE FROM "CleanupFailure" f
 WHERE NOT EXISTS (SELECT FROM trash."Item" t WHERE t."kind" = f."kind" AND t."id" = f."itemId")
RETURNING f."itemId"
