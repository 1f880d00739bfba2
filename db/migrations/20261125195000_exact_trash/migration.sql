-- Links of what is in the trash to what was purged meanwhile; holds that are found for many things at once; a brake that the
-- installation sets; and what an act did, kept with its Idempotency-Key in the act's own transaction.

-- What is in the trash and pointed at something that is gone for good: so that a preview of its restore can say so.
CREATE TABLE "LostLink" (
    "userId"     INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "kind"       TEXT NOT NULL,
    "itemId"     INTEGER NOT NULL,
    "goneKind"   TEXT NOT NULL,
    "goneId"     INTEGER NOT NULL,
    "deletionId" BIGINT,                              -- that the item is in the trash by: of a later one this says nothing
    "at"         TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    PRIMARY KEY ("userId", "kind", "itemId", "goneKind", "goneId")
);

-- The kind of the row, then a column and the kind of what it points at, and so on.
CREATE FUNCTION trash_link_lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. TG_NARGS - 2 BY 2 LOOP
        INSERT INTO "LostLink" ("userId", "kind", "itemId", "goneKind", "goneId", "deletionId")
        SELECT NEW."userId", TG_ARGV[0], NEW."id", TG_ARGV[i + 1], (to_jsonb(OLD) ->> TG_ARGV[i])::int4, NEW."deletionId"
         WHERE to_jsonb(OLD) ->> TG_ARGV[i] IS NOT NULL AND to_jsonb(NEW) ->> TG_ARGV[i] IS NULL
        ON CONFLICT ("userId", "kind", "itemId", "goneKind", "goneId")
        DO UPDATE SET "deletionId" = excluded."deletionId", "at" = excluded."at";
    END LOOP;
    RETURN NULL;
END $$;
-- Nobody changes what is in the trash but the foreign keys, when what they point at goes.
CREATE TRIGGER "Product_link_lost" AFTER UPDATE OF "parentProductId", "categoryId", "familyId", "attributeGroupId" ON "Product" FOR EACH ROW
    WHEN (OLD."isDeleted" AND NEW."isDeleted" AND (
          OLD."parentProductId" IS NOT NULL AND NEW."parentProductId" IS NULL OR OLD."categoryId" IS NOT NULL AND NEW."categoryId" IS NULL OR
          OLD."familyId" IS NOT NULL AND NEW."familyId" IS NULL OR OLD."attributeGroupId" IS NOT NULL AND NEW."attributeGroupId" IS NULL))
    EXECUTE FUNCTION trash_link_lost('product', 'parentProductId', 'product', 'categoryId', 'category', 'familyId', 'family',
                                     'attributeGroupId', 'attributeGroup');
CREATE TRIGGER "Category_link_lost" AFTER UPDATE OF "parentCategoryId" ON "Category" FOR EACH ROW
    WHEN (OLD."isDeleted" AND NEW."isDeleted" AND OLD."parentCategoryId" IS NOT NULL AND NEW."parentCategoryId" IS NULL)
    EXECUTE FUNCTION trash_link_lost('category', 'parentCategoryId', 'category');
CREATE TRIGGER "AssetGroup_link_lost" AFTER UPDATE OF "parentGroupId" ON "AssetGroup" FOR EACH ROW
    WHEN (OLD."isDeleted" AND NEW."isDeleted" AND OLD."parentGroupId" IS NOT NULL AND NEW."parentGroupId" IS NULL)
    EXECUTE FUNCTION trash_link_lost('assetGroup', 'parentGroupId', 'assetGroup');
CREATE TRIGGER "Asset_link_lost" AFTER UPDATE OF "assetGroupId" ON "Asset" FOR EACH ROW
    WHEN (OLD."isDeleted" AND NEW."isDeleted" AND OLD."assetGroupId" IS NOT NULL AND NEW."assetGroupId" IS NULL)
    EXECUTE FUNCTION trash_link_lost('asset', 'assetGroupId', 'assetGroup');

-- Legal holds ----------------------------------------------------------------------------------------------------

-- Those of the things that a hold keeps from being purged, each with the first hold that does. Each query in here sees what is
-- committed by now: whoever asks under the lock of trash_refuse_held misses none.
CREATE FUNCTION trash_holds_on(tenant INTEGER, item_kind TEXT, items INTEGER[]) RETURNS TABLE (item INTEGER, hold BIGINT)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM public."LegalHold" h WHERE h."userId" = tenant AND h."releasedAt" IS NULL) THEN RETURN; END IF;
    IF item_kind = 'product' THEN
        RETURN QUERY
        WITH RECURSIVE mine AS (
            SELECT p."id" AS item, p."id", p."categoryId" FROM public."Product" p WHERE p."id" = ANY (items)
            UNION
            SELECT v."parentProductId", v."id", v."categoryId" FROM public."Product" v WHERE v."parentProductId" = ANY (items)
            UNION
            SELECT v."id", p."id", p."categoryId" FROM public."Product" v JOIN public."Product" p ON p."id" = v."parentProductId"
             WHERE v."id" = ANY (items)),
        place AS (
            SELECT m.item, m."categoryId" AS category FROM mine m WHERE m."categoryId" IS NOT NULL
            UNION
            SELECT m.item, l."categoryId" FROM mine m JOIN public."ProductCategory" l ON l."productId" = m."id"),
        up AS (
            SELECT p.category AS start, p.category FROM place p
            UNION
            SELECT u.start, c."parentCategoryId" FROM up u JOIN public."Category" c ON c."id" = u.category
             WHERE c."parentCategoryId" IS NOT NULL),
        active AS (SELECT h."id", h."kind", h."itemId" FROM public."LegalHold" h WHERE h."userId" = tenant AND h."releasedAt" IS NULL)
        SELECT x.item, min(x.hold) FROM (
            SELECT m.item, a."id" AS hold FROM mine m JOIN active a ON a."kind" = 'tenant' OR a."kind" = 'product' AND a."itemId" = m."id"
            UNION ALL
            SELECT p.item, a."id" FROM active a JOIN up u ON u.category = a."itemId" JOIN place p ON p.category = u.start
             WHERE a."kind" = 'category') x
         GROUP BY x.item;
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE up AS (
        SELECT c."id" AS item, c."id", c."parentCategoryId" FROM public."Category" c WHERE item_kind = 'category' AND c."id" = ANY (items)
        UNION
        SELECT u.item, c."id", c."parentCategoryId" FROM up u JOIN public."Category" c ON c."id" = u."parentCategoryId"),
    active AS (SELECT h."id", h."kind", h."itemId" FROM public."LegalHold" h WHERE h."userId" = tenant AND h."releasedAt" IS NULL),
    -- What a held product points at is kept too.
    held AS MATERIALIZED (
        SELECT DISTINCT a."id" AS hold, k.id AS product FROM active a, LATERAL trash_held_products(a."kind", a."itemId") k (id)
         WHERE item_kind <> 'assetGroup')
    SELECT x.item, min(x.hold) FROM (
        SELECT i.id AS item, a."id" AS hold FROM unnest(items) i (id), active a WHERE a."kind" = 'tenant'
        UNION ALL
        SELECT u.item, a."id" FROM up u JOIN active a ON a."kind" = 'category' AND a."itemId" = u."id"
        UNION ALL
        SELECT c.id, k.hold FROM held k JOIN public."Product" p ON p."id" = k.product,
               LATERAL (VALUES (CASE item_kind WHEN 'category' THEN p."categoryId" WHEN 'family' THEN p."familyId"
                                               WHEN 'attributeGroup' THEN p."attributeGroupId" END)) c (id)
         WHERE item_kind IN ('category', 'family', 'attributeGroup') AND c.id = ANY (items)
        UNION ALL
        SELECT l."categoryId", k.hold FROM held k JOIN public."ProductCategory" l ON l."productId" = k.product
         WHERE item_kind = 'category' AND l."categoryId" = ANY (items)
        UNION ALL
        SELECT v."attributeId", k.hold FROM held k JOIN public."ProductAttribute" v ON v."productId" = k.product
         WHERE item_kind = 'attribute' AND v."attributeId" = ANY (items)
        UNION ALL
        SELECT l."assetId", k.hold FROM held k JOIN public."ProductAsset" l ON l."productId" = k.product
         WHERE item_kind = 'asset' AND l."assetId" = ANY (items)) x
     GROUP BY x.item;
END $$;

-- The hold that keeps one thing; NULL where there is none.
CREATE OR REPLACE FUNCTION trash_hold_on(tenant INTEGER, item_kind TEXT, item INTEGER) RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
    SELECT h.hold FROM trash_holds_on(tenant, item_kind, ARRAY[item]) h
$$;

-- What may be purged of the things, which the same statement then deletes: those that no hold keeps, or without `skips` all of them,
-- and the trigger below refuses. It has looked at all of them at once, so the trigger need not look at each again.
CREATE FUNCTION trash_unheld(tenant INTEGER, item_kind TEXT, items INTEGER[], skips BOOLEAN) RETURNS INTEGER[]
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    held INTEGER[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('legal hold'), tenant);
    SELECT array_agg(h.item) INTO held FROM trash_holds_on(tenant, item_kind, items) h;
    IF held IS NOT NULL AND NOT skips THEN RETURN items; END IF;
    PERFORM set_config('pixelpim.unheld_' || item_kind, tenant::text, true);
    RETURN CASE WHEN held IS NULL THEN items ELSE ARRAY(SELECT unnest(items) EXCEPT SELECT unnest(held)) END;
END $$;

CREATE OR REPLACE FUNCTION trash_refuse_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold "LegalHold";
BEGIN
    IF current_setting('pixelpim.unheld_' || TG_ARGV[0], true) = OLD."userId"::text THEN RETURN OLD; END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('legal hold'), OLD."userId");
    IF NOT EXISTS (SELECT FROM "LegalHold" h WHERE h."userId" = OLD."userId" AND h."releasedAt" IS NULL) THEN
        RETURN OLD;
    END IF;
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

-- The brake ------------------------------------------------------------------------------------------------------

-- A tenant may have its own; what is NULL is the installation's.
ALTER TABLE "TrashPolicy" ALTER COLUMN "brakeRows" DROP NOT NULL, ALTER COLUMN "brakeRows" DROP DEFAULT,
    ALTER COLUMN "brakePercent" DROP NOT NULL, ALTER COLUMN "brakePercent" DROP DEFAULT;
UPDATE "TrashPolicy" SET "brakeRows" = NULL WHERE "brakeRows" = 1000;
UPDATE "TrashPolicy" SET "brakePercent" = NULL WHERE "brakePercent" = 5;

-- What the server that asks has in its configuration.
CREATE FUNCTION trash_brake_rows(own INTEGER) RETURNS INTEGER LANGUAGE sql STABLE AS $$
    SELECT coalesce(own, nullif(current_setting('pixelpim.brake_rows', true), '')::int4, 1000)
$$;
CREATE FUNCTION trash_brake_percent(own INTEGER) RETURNS INTEGER LANGUAGE sql STABLE AS $$
    SELECT coalesce(own, nullif(current_setting('pixelpim.brake_percent', true), '')::int4, 5)
$$;

CREATE OR REPLACE FUNCTION trash_brake() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    policy  "TrashPolicy";
    allowed BIGINT;
    recent  BIGINT;
    since   TIMESTAMP := now() AT TIME ZONE 'UTC' - interval '1 hour';
BEGIN
    IF NEW."kind" = 'adopted' THEN RETURN NEW; END IF;
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

-- Requests that are sent twice ------------------------------------------------------------------------------------

-- What the request did, as its audit says: written with the act, and told where the answer itself was lost.
ALTER TABLE "IdempotencyKey" ADD COLUMN "outcome" JSONB;
CREATE OR REPLACE FUNCTION idempotency_key_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "IdempotencyKey" k SET "doneAt" = now(), "outcome" = (
               SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('action', e."action", 'kind', e."entity", 'id', e."entityId",
                                                                     'deletionId', e."deletionId", 'detail', e."detail")))
                 FROM (SELECT e."action", e."entity", e."entityId", e."deletionId", e."detail" FROM added e
                        WHERE e."userId" = k."userId" AND e."requestId" = k."requestId"
                        ORDER BY e."action" LIKE '%\_in\_bulk' OR e."action" LIKE '%\_with', e."id" LIMIT 20) e)
      FROM (SELECT DISTINCT "userId", "requestId" FROM added WHERE "action" NOT LIKE '%refused' AND "action" <> 'tenant.act_as') a
     WHERE k."userId" = a."userId" AND k."requestId" = a."requestId" AND k."doneAt" IS NULL;
    RETURN NULL;
END $$;
