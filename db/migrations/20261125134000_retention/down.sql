DROP TRIGGER "PurgeCertificate_removed" ON "PurgeCertificate";
DROP FUNCTION purge_certificate_removed();
ALTER TABLE "PurgedItem" ADD CONSTRAINT "PurgedItem_certificateId_fkey"
    FOREIGN KEY ("certificateId") REFERENCES "PurgeCertificate" ("id") ON DELETE CASCADE;
CREATE OR REPLACE FUNCTION trash_refuse_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold "LegalHold";
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('legal hold'), OLD."userId");
    SELECT h.* INTO hold FROM "LegalHold" h WHERE h."id" = trash_hold_on(OLD."userId", TG_ARGV[0], OLD."id");
    IF FOUND THEN
        RAISE EXCEPTION 'Nothing was deleted: the % with ID % is kept by a legal hold (%)', TG_ARGV[1], OLD."id", hold."reason"
              USING ERRCODE = 'PX423', CONSTRAINT = 'trash.held', HINT = 'Whoever placed the hold can release it.',
                    DETAIL = '"hold":' || jsonb_build_object('id', hold."id", 'kind', hold."kind", 'itemId', hold."itemId",
                        'reason', hold."reason", 'placedBy', hold."placedBy", 'placedAt', hold."placedAt")::text || ',"item":' ||
                        jsonb_build_object('kind', TG_ARGV[0], 'id', OLD."id")::text;
    END IF;
    RETURN OLD;
END $$;
DROP TABLE "ClockSeen", "CleanupFailure", "CleanupRun";
DROP INDEX "Deletion_purgeAfter_idx";
