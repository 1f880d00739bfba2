DROP TABLE "Alert", "SlowStatement";
DROP INDEX "AuditEvent_at_idx";
DROP INDEX "Deletion_createdAt_idx";
