-- Undoes the migration. The months that were made stay.
DROP FUNCTION audit_make_months(INTEGER);
