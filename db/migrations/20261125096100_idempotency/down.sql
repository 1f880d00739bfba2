-- Undoes the migration. Requests that are sent twice from here on are done twice.
DROP TRIGGER "AuditEvent_uses_key" ON "AuditEvent";
DROP FUNCTION idempotency_key_used();
DROP TABLE "IdempotencyKey";
