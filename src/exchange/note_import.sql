-- One audit event for an import of tenant $1 by $2 that changed something; the detail is $3.
INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "detail")
SELECT $1::int4, $2::int4, 'product.import', 'product', $3::jsonb
 WHERE EXISTS (SELECT FROM import_made) OR EXISTS (SELECT FROM import_changed)
