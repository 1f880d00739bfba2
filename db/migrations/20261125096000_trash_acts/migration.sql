-- The trash as one: every kind in one view, how long it keeps, what must not be purged, how much may go in an hour, and
-- what a purge leaves behind. What must hold, holds for every writer.

-- Everything that is in a trash, whatever it is. A condition on "kind" leaves only that kind's table; each kind has an
-- index by time and one by deletion. "place": within which the name is unique among the living.
CREATE SCHEMA trash;
CREATE VIEW trash."Item" AS
    SELECT 'product' AS "kind", "id", "userId", "name", "sku", NULL::int4 AS "place", "parentProductId" AS "parentId",
           "deletedAt", "deletionId" FROM public."Product" WHERE "isDeleted"
    UNION ALL
    SELECT 'asset', "id", "userId", "name", NULL, "assetGroupId", "assetGroupId", "deletedAt", "deletionId"
      FROM public."Asset" WHERE "isDeleted"
    UNION ALL
    SELECT 'assetGroup', "id", "userId", "groupName", NULL, "parentGroupId", "parentGroupId", "deletedAt", "deletionId"
      FROM public."AssetGroup" WHERE "isDeleted"
    UNION ALL
    SELECT 'category', "id", "userId", "name", NULL, "parentCategoryId", "parentCategoryId", "deletedAt", "deletionId"
      FROM public."Category" WHERE "isDeleted"
    UNION ALL
    SELECT 'family', "id", "userId", "name", NULL, NULL, NULL, "deletedAt", "deletionId"
      FROM public."Family" WHERE "isDeleted"
    UNION ALL
    SELECT 'attribute', "id", "userId", "name", NULL, NULL, NULL, "deletedAt", "deletionId"
      FROM public."Attribute" WHERE "isDeleted"
    UNION ALL
    SELECT 'attributeGroup', "id", "userId", "name", NULL, NULL, NULL, "deletedAt", "deletionId"
      FROM public."AttributeGroup" WHERE "isDeleted";

-- What holds in a tenant's trash instead of the installation's settings.
CREATE TABLE "TrashPolicy" (
    "userId"             INTEGER PRIMARY KEY REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "retentionDays"      INTEGER CHECK ("retentionDays" BETWEEN 1 AND 36500),     -- NULL: the installation's
    "brakeRows"          INTEGER NOT NULL DEFAULT 1000 CHECK ("brakeRows" >= 1),
    "brakePercent"       INTEGER NOT NULL DEFAULT 5 CHECK ("brakePercent" BETWEEN 0 AND 100),
    "brakeReleasedUntil" TIMESTAMPTZ(3),
    "updatedBy"          INTEGER,
    "updatedAt"          TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);

-- How many days a tenant's trash keeps what has no date of its own.
CREATE FUNCTION trash_retention(tenant INTEGER, otherwise INTEGER) RETURNS INTEGER LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT "retentionDays" FROM public."TrashPolicy" WHERE "userId" = tenant), otherwise)
$$;

-- A name that nobody living has: base-restored, base-restored-2, … The nth of those that are free.
CREATE FUNCTION trash_free_name(item_kind TEXT, tenant INTEGER, place INTEGER, base TEXT, characters_max INTEGER, nth INTEGER)
    RETURNS TEXT LANGUAGE plpgsql STABLE AS $$
DECLARE
    candidate TEXT;
    suffix    TEXT;
    taken     BOOLEAN;
    free      INTEGER := 0;
BEGIN
    FOR i IN 1..100000 LOOP
        suffix := '-restored' || CASE WHEN i > 1 THEN '-' || i ELSE '' END;
        candidate := left(base, characters_max - length(suffix)) || suffix;
        taken := CASE item_kind
            WHEN 'sku' THEN EXISTS (SELECT FROM public."Product" WHERE "userId" = tenant AND "sku" = candidate AND NOT "isDeleted")
            WHEN 'product' THEN EXISTS (SELECT FROM public."Product" WHERE "userId" = tenant AND "name" = candidate AND NOT "isDeleted")
            WHEN 'asset' THEN EXISTS (SELECT FROM public."Asset" WHERE "userId" = tenant AND "name" = candidate
                                         AND "assetGroupId" IS NOT DISTINCT FROM place AND NOT "isDeleted")
            WHEN 'assetGroup' THEN EXISTS (SELECT FROM public."AssetGroup" WHERE "userId" = tenant AND "groupName" = candidate
                                              AND "parentGroupId" IS NOT DISTINCT FROM place AND NOT "isDeleted")
            WHEN 'category' THEN EXISTS (SELECT FROM public."Category" WHERE "userId" = tenant AND "name" = candidate
                                            AND "parentCategoryId" IS NOT DISTINCT FROM place AND NOT "isDeleted")
            WHEN 'family' THEN EXISTS (SELECT FROM public."Family" WHERE "userId" = tenant AND "name" = candidate AND NOT "isDeleted")
            WHEN 'attribute' THEN EXISTS (SELECT FROM public."Attribute" WHERE "userId" = tenant AND "name" = candidate AND NOT "isDeleted")
            ELSE EXISTS (SELECT FROM public."AttributeGroup" WHERE "userId" = tenant AND "name" = candidate AND NOT "isDeleted")
        END;
        IF NOT taken THEN
            free := free + 1;
            IF free >= nth THEN RETURN candidate; END IF;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Legal holds ----------------------------------------------------------------------------------------------------

-- Kept until it is released: a product with its variants, a category with all below it and their products, a tenant.
-- It covers the thing, its values, files and links: nothing that they point at can be purged either.
CREATE TABLE "LegalHold" (
    "id"         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "userId"     INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "kind"       TEXT NOT NULL CHECK ("kind" IN ('product', 'category', 'tenant')),
    "itemId"     INTEGER CHECK (("itemId" IS NULL) = ("kind" = 'tenant')),
    "reason"     TEXT NOT NULL,
    "placedBy"   INTEGER,
    "placedAt"   TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "releasedBy" INTEGER,
    "releasedAt" TIMESTAMPTZ(3)
);
CREATE UNIQUE INDEX "LegalHold_userId_kind_itemId_key" ON "LegalHold" ("userId", "kind", "itemId") NULLS NOT DISTINCT
    WHERE "releasedAt" IS NULL;
CREATE INDEX "LegalHold_userId_id_idx" ON "LegalHold" ("userId", "id" DESC);

-- The products that a hold covers.
CREATE FUNCTION trash_held_products(hold_kind TEXT, item INTEGER) RETURNS SETOF INTEGER LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT c."id" FROM public."Category" c WHERE hold_kind = 'category' AND c."id" = item
        UNION
        SELECT c."id" FROM below b JOIN public."Category" c ON c."parentCategoryId" = b."id"),
    direct AS (
        SELECT item AS "id" WHERE hold_kind = 'product'
        UNION
        SELECT p."id" FROM below b JOIN public."Product" p ON p."categoryId" = b."id"
        UNION
        SELECT l."productId" FROM below b JOIN public."ProductCategory" l ON l."categoryId" = b."id")
    SELECT "id" FROM direct
    UNION
    SELECT v."id" FROM direct d JOIN public."Product" v ON v."parentProductId" = d."id"
$$;

-- The hold that keeps a thing from being purged; NULL where there is none. Each query in here sees what is committed by
-- now: whoever asks under the lock of trash_refuse_held misses none.
CREATE FUNCTION trash_hold_on(tenant INTEGER, item_kind TEXT, item INTEGER) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    holding BIGINT;
BEGIN
    PERFORM FROM public."LegalHold" h WHERE h."userId" = tenant AND h."releasedAt" IS NULL;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF item_kind = 'product' THEN
        WITH RECURSIVE mine AS (
            SELECT p."id", p."categoryId" FROM public."Product" p WHERE p."id" = item OR p."parentProductId" = item
            UNION
            SELECT p."id", p."categoryId" FROM public."Product" v JOIN public."Product" p ON p."id" = v."parentProductId"
             WHERE v."id" = item),
        up AS (
            SELECT c."id", c."parentCategoryId" FROM public."Category" c
             WHERE c."id" IN (SELECT m."categoryId" FROM mine m
                              UNION SELECT l."categoryId" FROM mine m JOIN public."ProductCategory" l ON l."productId" = m."id")
            UNION
            SELECT c."id", c."parentCategoryId" FROM up u JOIN public."Category" c ON c."id" = u."parentCategoryId")
        SELECT min(h."id") INTO holding FROM public."LegalHold" h
         WHERE h."userId" = tenant AND h."releasedAt" IS NULL
           AND (h."kind" = 'tenant' OR h."kind" = 'product' AND h."itemId" IN (SELECT m."id" FROM mine m)
                OR h."kind" = 'category' AND h."itemId" IN (SELECT u."id" FROM up u));
        RETURN holding;
    END IF;
    WITH RECURSIVE up AS (
        SELECT c."id", c."parentCategoryId" FROM public."Category" c WHERE item_kind = 'category' AND c."id" = item
        UNION
        SELECT c."id", c."parentCategoryId" FROM up u JOIN public."Category" c ON c."id" = u."parentCategoryId")
    SELECT min(h."id") INTO holding FROM public."LegalHold" h
     WHERE h."userId" = tenant AND h."releasedAt" IS NULL
       AND (h."kind" = 'tenant' OR h."kind" = 'category' AND h."itemId" IN (SELECT u."id" FROM up u)
            OR EXISTS (SELECT FROM trash_held_products(h."kind", h."itemId") k (id) JOIN public."Product" p ON p."id" = k.id
                        WHERE CASE item_kind
                                  WHEN 'category' THEN p."categoryId" = item
                                       OR EXISTS (SELECT FROM public."ProductCategory" l
                                                   WHERE l."productId" = k.id AND l."categoryId" = item)
                                  WHEN 'family' THEN p."familyId" = item
                                  WHEN 'attributeGroup' THEN p."attributeGroupId" = item
                                  WHEN 'attribute' THEN EXISTS (SELECT FROM public."ProductAttribute" v
                                                                 WHERE v."productId" = k.id AND v."attributeId" = item)
                                  WHEN 'asset' THEN EXISTS (SELECT FROM public."ProductAsset" l
                                                             WHERE l."productId" = k.id AND l."assetId" = item)
                                  ELSE false END));
    RETURN holding;
END $$;

-- No permanent delete passes a hold, whoever deletes. Placing one and purging wait for each other.
CREATE FUNCTION trash_refuse_held() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER "Product_held" BEFORE DELETE ON "Product"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('product', 'product');
CREATE TRIGGER "Asset_held" BEFORE DELETE ON "Asset"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('asset', 'asset');
CREATE TRIGGER "AssetGroup_held" BEFORE DELETE ON "AssetGroup"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('assetGroup', 'asset group');
CREATE TRIGGER "Category_held" BEFORE DELETE ON "Category"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('category', 'category');
CREATE TRIGGER "Family_held" BEFORE DELETE ON "Family"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('family', 'family');
CREATE TRIGGER "Attribute_held" BEFORE DELETE ON "Attribute"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('attribute', 'attribute');
CREATE TRIGGER "AttributeGroup_held" BEFORE DELETE ON "AttributeGroup"
    FOR EACH ROW EXECUTE FUNCTION trash_refuse_held('attributeGroup', 'attribute group');

CREATE FUNCTION legal_hold_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('legal hold'), NEW."userId");
    IF NEW."kind" = 'product' AND NOT EXISTS (SELECT FROM "Product" WHERE "id" = NEW."itemId" AND "userId" = NEW."userId")
       OR NEW."kind" = 'category' AND NOT EXISTS (SELECT FROM "Category" WHERE "id" = NEW."itemId" AND "userId" = NEW."userId") THEN
        RAISE EXCEPTION 'there is nothing to hold' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'LegalHold_item';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "LegalHold_placed" BEFORE INSERT ON "LegalHold" FOR EACH ROW EXECUTE FUNCTION legal_hold_placed();

-- The brake ------------------------------------------------------------------------------------------------------

-- How many rows may be in the trash from one hour: a number, or a share of the products where that is more.
CREATE FUNCTION trash_brake() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    policy  "TrashPolicy";
    allowed BIGINT;
    recent  BIGINT;
    since   TIMESTAMP := now() AT TIME ZONE 'UTC' - interval '1 hour';
BEGIN
    IF NEW."kind" = 'adopted' THEN RETURN NEW; END IF;
    SELECT p.* INTO policy FROM "TrashPolicy" p WHERE p."userId" = NEW."userId";
    IF policy."brakeReleasedUntil" > now() THEN RETURN NEW; END IF;
    allowed := coalesce(policy."brakeRows", 1000);
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
        allowed := greatest(allowed, (SELECT ceil(coalesce(sum("rows"), 0) * coalesce(policy."brakePercent", 5) / 100.0)
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
CREATE TRIGGER "Deletion_brake" BEFORE INSERT ON "Deletion" FOR EACH ROW EXECUTE FUNCTION trash_brake();

-- Purges ---------------------------------------------------------------------------------------------------------

-- What a purge leaves: that it happened, never what there was. The hash proves of a copy that it was this.
CREATE TABLE "PurgeCertificate" (
    "id"          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "userId"      INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "actorId"     INTEGER,                            -- NULL: the retention
    "reason"      TEXT,
    "requestId"   TEXT,
    "itemCount"   INTEGER NOT NULL,
    "contentHash" TEXT NOT NULL,                      -- SHA-256 of the items' hashes, in their order
    "createdAt"   TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);
CREATE INDEX "PurgeCertificate_userId_id_idx" ON "PurgeCertificate" ("userId", "id" DESC);
CREATE TABLE "PurgedItem" (
    "certificateId" BIGINT NOT NULL REFERENCES "PurgeCertificate" ("id") ON DELETE CASCADE,
    "kind"          TEXT NOT NULL,
    "itemId"        INTEGER NOT NULL,
    "deletionId"    BIGINT,
    "deletedAt"     TIMESTAMP(3),
    "contentHash"   TEXT NOT NULL,                    -- SHA-256 of its columns, values and links
    PRIMARY KEY ("certificateId", "kind", "itemId")
);
CREATE INDEX "PurgedItem_deletionId_idx" ON "PurgedItem" ("deletionId") WHERE "deletionId" IS NOT NULL;

-- A thing with all that goes with it, as one text for a hash.
CREATE FUNCTION trash_content_hash(item_kind TEXT, item INTEGER) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(CASE item_kind
        WHEN 'product' THEN (SELECT to_jsonb(p) FROM public."Product" p WHERE p."id" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v."id"), '[]') FROM public."ProductAttribute" v WHERE v."productId" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l."id"), '[]') FROM public."ProductAsset" l WHERE l."productId" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c."position", c."categoryId"), '[]') FROM public."ProductCategory" c WHERE c."productId" = item)::text
        WHEN 'asset' THEN (SELECT to_jsonb(a) FROM public."Asset" a WHERE a."id" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l."id"), '[]') FROM public."ProductAsset" l WHERE l."assetId" = item)::text
        WHEN 'assetGroup' THEN (SELECT to_jsonb(g) FROM public."AssetGroup" g WHERE g."id" = item)::text
        WHEN 'category' THEN (SELECT to_jsonb(c) FROM public."Category" c WHERE c."id" = item)::text
        WHEN 'family' THEN (SELECT to_jsonb(f) FROM public."Family" f WHERE f."id" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m."id"), '[]') FROM public."FamilyAttribute" m WHERE m."familyId" = item)::text
        WHEN 'attribute' THEN (SELECT to_jsonb(a) FROM public."Attribute" a WHERE a."id" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v."id"), '[]') FROM public."ProductAttribute" v WHERE v."attributeId" = item)::text
        ELSE (SELECT to_jsonb(g) FROM public."AttributeGroup" g WHERE g."id" = item)::text
            || (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m."id"), '[]') FROM public."AttributeGroupAttribute" m WHERE m."attributeGroupId" = item)::text
        END, 'UTF8')), 'hex')
$$;

-- What lives in or below a purged group moves to the root; where its name is taken there, its id stands behind it.
CREATE FUNCTION asset_group_removed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    child RECORD;
BEGIN
    FOR child IN SELECT g."id", g."userId", g."groupName" FROM "AssetGroup" g
                  WHERE g."parentGroupId" = OLD."id" AND NOT g."isDeleted" ORDER BY g."id" FOR UPDATE LOOP
        UPDATE "AssetGroup" SET "parentGroupId" = NULL,
               "groupName" = CASE WHEN EXISTS (SELECT FROM "AssetGroup" h WHERE h."userId" = child."userId" AND NOT h."isDeleted"
                                                  AND h."parentGroupId" IS NULL AND h."groupName" = child."groupName")
                                  THEN child."groupName" || ' (' || child."id" || ')' ELSE "groupName" END
         WHERE "id" = child."id";
    END LOOP;
    FOR child IN SELECT a."id", a."userId", a."name" FROM "Asset" a
                  WHERE a."assetGroupId" = OLD."id" AND NOT a."isDeleted" ORDER BY a."id" FOR UPDATE LOOP
        UPDATE "Asset" SET "assetGroupId" = NULL,
               "name" = CASE WHEN EXISTS (SELECT FROM "Asset" h WHERE h."userId" = child."userId" AND NOT h."isDeleted"
                                             AND h."assetGroupId" IS NULL AND h."name" = child."name")
                             THEN child."name" || ' (' || child."id" || ')' ELSE "name" END
         WHERE "id" = child."id";
    END LOOP;
    RETURN OLD;
END $$;
CREATE TRIGGER "AssetGroup_removed" BEFORE DELETE ON "AssetGroup" FOR EACH ROW EXECUTE FUNCTION asset_group_removed();

-- The audit ------------------------------------------------------------------------------------------------------

-- It only grows.
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit can''t be changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "AuditEvent_kept" BEFORE UPDATE OR DELETE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION audit_is_kept();

-- What happened to one thing is found by its time; what an act did, by its deletion.
CREATE INDEX "AuditEvent_deletionId_idx" ON "AuditEvent" ("deletionId") WHERE "deletionId" IS NOT NULL;
