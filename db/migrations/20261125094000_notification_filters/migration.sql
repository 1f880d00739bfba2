-- The filters and the statistics of a tenant's notifications read an index of their own, and no other tenant's rows.
CREATE INDEX "Notification_userId_entityType_action_id_idx" ON "Notification" ("userId", "entityType", "action", "id" DESC);
