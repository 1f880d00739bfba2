-- While the trash is switched off deletes are as they were before it: nothing brakes them, and no route is there that would release it.
CREATE OR REPLACE FUNCTION trash_brake() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    policy  "TrashPolicy";
    allowed BIGINT;
    recent  BIGINT;
    since   TIMESTAMP := now() AT TIME ZONE 'UTC' - interval '1 hour';
BEGIN
    IF NEW."kind" = 'adopted' OR EXISTS (SELECT FROM "TrashOff") THEN RETURN NEW; END IF;
    SELECT p.* INTO policy FROM "TrashPolicy" p WHERE p."userId" = NEW."userId";
    IF policy."brakeReleasedUntil" > now() THEN RETURN NEW; END IF;
    allowed := trash_brake_rows(policy."brakeRows");
    FOR attempt IN 1..2 LOOP
        SELECT sum(t.rows) INTO recent
          FROM (SELECT count(*) AS rows FROM "Product" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since
                UNION ALL SELECT count(*) FROM "Asset" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since
                UNION ALL SELECT count(*) FROM "AssetGroup" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since
                UNION ALL SELECT count(*) FROM "Category" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since
                UNION ALL SELECT count(*) FROM "Family" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since
                UNION ALL SELECT count(*) FROM "Attribute" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since
                UNION ALL SELECT count(*) FROM "AttributeGroup" WHERE "userId" = NEW."userId" AND "isDeleted" AND "deletedAt" > since) t;
        -- Far from it nobody waits; near it one after the other, each seeing what the one before has done.
        EXIT WHEN attempt = 2 OR recent + NEW."itemCount" <= allowed / 2;
        PERFORM pg_advisory_xact_lock(hashtext('trash brake'), NEW."userId");
    END LOOP;
    IF recent + NEW."itemCount" > allowed THEN
        allowed := greatest(allowed, (SELECT ceil(coalesce(sum("rows"), 0) * trash_brake_percent(policy."brakePercent") / 100.0)
                                        FROM "ListTotal" WHERE "userId" = NEW."userId" AND "kind" IN ('product', 'product.trash')));
    END IF;
    IF recent + NEW."itemCount" > allowed THEN
        RAISE EXCEPTION 'Nothing was deleted: % rows would be in the trash from the last hour, and % are allowed',
                        recent + NEW."itemCount", allowed
              USING ERRCODE = 'PX423', CONSTRAINT = 'trash.brake',
                    HINT = 'Is this meant? Then the owner releases the brake: POST /trash/brake/release',
                    DETAIL = '"brake":' || jsonb_build_object('inTrashFromLastHour', recent, 'wanted', NEW."itemCount", 'allowed', allowed)::text;
    END IF;
    RETURN NEW;
END $$;
