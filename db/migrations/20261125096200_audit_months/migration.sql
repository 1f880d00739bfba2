-- The months of the audit are made ahead: each as a table of its own that is attached with little waiting. One that can't be made
-- now is no harm, for the default partition takes what has no month; it is tried again.
CREATE FUNCTION audit_make_months(ahead INTEGER) RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    month TIMESTAMPTZ;
    name  TEXT;
    made  INTEGER := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('audit months')) THEN RETURN 0; END IF;
    PERFORM set_config('lock_timeout', '200ms', true);
    FOR i IN 0..ahead LOOP
        month := date_trunc('month', now(), 'UTC') + make_interval(months => i);
        name := 'AuditEvent_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE "AuditEvent" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT of_the_month CHECK ("at" >= %L AND "at" < %L)',
                           name, month, month + interval '1 month');
            EXECUTE format('ALTER TABLE "AuditEvent" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           name, month, month + interval '1 month');
            EXECUTE format('ALTER TABLE %I DROP CONSTRAINT of_the_month', name);
            made := made + 1;
        EXCEPTION WHEN lock_not_available OR check_violation OR duplicate_table THEN
            NULL;  -- somebody is writing, or events of that month are in the default partition already
        END;
    END LOOP;
    RETURN made;
END $$;
