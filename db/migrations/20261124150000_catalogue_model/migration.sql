-- The model of a catalogue: what an attribute's value may be, trees without cycles, statuses that follow the trash of
-- attributes and families, notifications that come from the audit, and imports whose progress can be followed.

-- Attributes have a unit, and those of a choice their options.
ALTER TABLE "Attribute"
    ADD COLUMN "unit"    TEXT,
    ADD COLUMN "options" TEXT[];                      -- of ENUM and ARRAY; NULL: anything goes
CREATE OR REPLACE VIEW live."Attribute" AS
    SELECT "id", "name", "type", "defaultValue", "userId", "createdAt", "updatedAt", "unit", "options"
      FROM public."Attribute" WHERE NOT "isDeleted";

-- Values -------------------------------------------------------------------------------------------------------

-- The number that a text is; NULL where it is none.
CREATE FUNCTION attribute_number(given TEXT) RETURNS NUMERIC LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(given) <= 40 AND given ~ '^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?\s*$'
                THEN given::numeric END
$$;

-- The day that a text begins with (YYYY-MM-DD); NULL where there is no such day.
CREATE FUNCTION attribute_day(given TEXT) RETURNS DATE LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF given !~ '^\d{4}-\d\d-\d\d' THEN RETURN NULL; END IF;
    RETURN make_date(left(given, 4)::int, substr(given, 6, 2)::int, substr(given, 9, 2)::int);
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END $$;

CREATE FUNCTION attribute_json(given TEXT) RETURNS JSONB LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN given::jsonb;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded THEN
    RETURN NULL;
END $$;

-- The items of a list: a JSON array, or a text with commas.
CREATE FUNCTION attribute_items(given TEXT) RETURNS TEXT[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(j) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(j))
                ELSE ARRAY(SELECT btrim(i) FROM unnest(string_to_array(given, ',')) i WHERE btrim(i) <> '') END
      FROM (SELECT CASE WHEN given ~ '^\s*\[' THEN attribute_json(given) END AS j) t
$$;

-- A value of an attribute of a type, with its options: in the form that is stored, or what is wrong with it. Every
-- writer asks here, and nobody else knows the rules. No value (NULL or empty) fits every type.
CREATE FUNCTION attribute_value(type TEXT, options TEXT[], given TEXT, OUT canonical TEXT, OUT trouble TEXT)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    text   TEXT := btrim(given, E' \t\r\n');
    number NUMERIC;
    wrong  TEXT[];
BEGIN
    IF text = '' OR text IS NULL THEN RETURN; END IF;
    canonical := given;
    CASE type
    WHEN 'INTEGER' THEN
        IF text !~ '^[+-]?\d{1,18}$' THEN trouble := 'must be an integer number, for example 42'; END IF;
        canonical := text;
    WHEN 'NUMBER', 'FLOAT', 'DECIMAL' THEN
        IF attribute_number(text) IS NULL THEN trouble := 'must be a number, for example 12.5'; END IF;
        canonical := text;
    WHEN 'CURRENCY' THEN
        number := attribute_number(text);
        IF number IS NULL THEN trouble := 'must be an amount, for example 19.90'; END IF;
        canonical := round(number, 2)::text;
    WHEN 'PERCENTAGE' THEN
        number := attribute_number(text);
        IF number IS NULL OR number NOT BETWEEN 0 AND 100 THEN trouble := 'must be a number from 0 to 100'; END IF;
        canonical := text;
    WHEN 'BOOLEAN' THEN
        canonical := CASE WHEN lower(text) IN ('true', '1', 'yes', 'on') THEN 'true'
                          WHEN lower(text) IN ('false', '0', 'no', 'off') THEN 'false' END;
        IF canonical IS NULL THEN trouble := 'must be true or false'; END IF;
    WHEN 'DATE' THEN
        canonical := to_char(attribute_day(text), 'YYYY-MM-DD');
        IF canonical IS NULL OR text !~ '^.{10}([T ].*)?$' THEN
            trouble := 'must be a date as YYYY-MM-DD, for example 2026-11-24';
        END IF;
    WHEN 'DATETIME' THEN
        IF text !~ '^.{10}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$'
           OR attribute_day(text) IS NULL THEN
            trouble := 'must be a time in ISO 8601, for example 2026-11-24T09:30:00Z';
        END IF;
        canonical := text;
    WHEN 'TIME' THEN
        IF text !~ '^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$' THEN
            trouble := 'must be a time of day as HH:MM or HH:MM:SS';
        END IF;
        canonical := text;
    WHEN 'EMAIL' THEN
        IF text !~ '^[^\s@]+@[^\s@]+\.[^\s@]+$' THEN trouble := 'must be an e-mail address'; END IF;
        canonical := text;
    WHEN 'URL' THEN
        IF text !~* '^((https?|ftp)://[^\s/]+|[\w-]+(\.[\w-]+)*\.[[:alpha:]]{2,})([/?#:]\S*)?$' THEN
            trouble := 'must be a web address, for example https://shop.example/chair';
        END IF;
        canonical := text;
    WHEN 'PHONE' THEN
        IF regexp_replace(text, '[\s()\[\]-]', '', 'g') !~ '^[+]?[1-9]\d{0,15}$' THEN
            trouble := 'must be a telephone number, for example +49 30 1234567';
        END IF;
        canonical := text;
    WHEN 'COLOR' THEN
        IF text !~* '^(#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|rgba?\([\d\s,.%/]+\)|[a-z]+)$' THEN
            trouble := 'must be a colour: #1a2b3c, rgb(1, 2, 3) or a name';
        END IF;
        canonical := text;
    WHEN 'HTML' THEN
        IF given ~* '<\s*script' OR given ~* 'javascript\s*:' THEN
            trouble := 'must not contain scripts';
        END IF;
    WHEN 'JSON' THEN
        IF attribute_json(text) IS NULL THEN trouble := 'must be JSON'; END IF;
    WHEN 'ENUM' THEN
        IF options IS NOT NULL AND NOT text = ANY (options) THEN
            trouble := 'must be one of: ' || array_to_string(options[1:20], ', ');
        END IF;
        canonical := text;
    WHEN 'ARRAY' THEN
        IF text ~ '^\[' AND attribute_json(text) IS NULL THEN
            trouble := 'must be a JSON array, or texts with commas between them';
        ELSIF options IS NOT NULL THEN
            wrong := ARRAY(SELECT i FROM unnest(attribute_items(text)) i WHERE NOT i = ANY (options));
            IF cardinality(wrong) > 0 THEN
                trouble := 'must be of: ' || array_to_string(options[1:20], ', ');
            END IF;
        END IF;
    ELSE NULL;  -- STRING, TEXT, FILE, IMAGE, and what older programs wrote: any text
    END CASE;
    IF trouble IS NOT NULL THEN canonical := NULL; END IF;
END $$;

-- Filters and orders by a value: texts without case, numbers as numbers. (A day sorts as its text does.)
CREATE INDEX "idx_product_attribute_text" ON "ProductAttribute" ("attributeId", (lower(left("value", 64)) COLLATE "C"));
CREATE INDEX "idx_product_attribute_number" ON "ProductAttribute" ("attributeId", attribute_number("value"))
    WHERE attribute_number("value") IS NOT NULL;
DROP INDEX "idx_product_attribute_attribute";

-- Statuses -----------------------------------------------------------------------------------------------------

-- As it was, and what is in the trash requires nothing: neither an attribute nor a family.
CREATE OR REPLACE FUNCTION product_refresh_status(products INTEGER[]) RETURNS void LANGUAGE sql AS $$
    UPDATE "Product" p SET "status" = s."status"
      FROM (SELECT t."id",
                   CASE WHEN count(f."id") > 0 AND bool_and(coalesce(v."value", '') <> '')
                        THEN 'complete' ELSE 'incomplete' END AS "status"
              FROM "Product" t
              LEFT JOIN ("FamilyAttribute" f JOIN live."Attribute" a ON a."id" = f."attributeId"
                                             JOIN live."Family" w ON w."id" = f."familyId")
                     ON f."familyId" = t."familyId" AND f."isRequired"
              LEFT JOIN "ProductAttribute" v ON v."productId" = t."id" AND v."attributeId" = f."attributeId"
             WHERE t."id" = ANY (products)
             GROUP BY t."id") s
     WHERE p."id" = s."id" AND p."status" <> s."status" AND p."status" IN ('complete', 'incomplete')
$$;

CREATE FUNCTION attribute_trash_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[] := ARRAY(SELECT n."id" FROM after n JOIN before o USING ("id") WHERE n."isDeleted" <> o."isDeleted");
BEGIN
    IF cardinality(moved) > 0 THEN
        PERFORM product_refresh_status(ARRAY(
            SELECT p."id" FROM "Product" p
             WHERE p."familyId" IN (SELECT "familyId" FROM "FamilyAttribute"
                                     WHERE "isRequired" AND "attributeId" = ANY (moved)) ORDER BY p."id"));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "Attribute_trash" AFTER UPDATE ON "Attribute" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION attribute_trash_changed();

CREATE FUNCTION family_trash_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[] := ARRAY(SELECT n."id" FROM after n JOIN before o USING ("id") WHERE n."isDeleted" <> o."isDeleted");
BEGIN
    IF cardinality(moved) > 0 THEN
        PERFORM product_refresh_status(ARRAY(
            SELECT p."id" FROM "Product" p WHERE p."familyId" = ANY (moved) ORDER BY p."id"));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "Family_trash" AFTER UPDATE ON "Family" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION family_trash_changed();

-- Categories ---------------------------------------------------------------------------------------------------

-- A tree has no cycles, and a category goes to the trash only without living children. Both are looked at after the
-- write, with a snapshot of now; moves of one tenant wait for each other.
CREATE FUNCTION category_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[];
    gone  INTEGER[];
BEGIN
    SELECT array_agg(n."id") FILTER (WHERE n."parentCategoryId" IS DISTINCT FROM o."parentCategoryId"
                                       AND n."parentCategoryId" IS NOT NULL),
           array_agg(n."id") FILTER (WHERE n."isDeleted" AND NOT o."isDeleted")
      INTO moved, gone
      FROM after n JOIN before o USING ("id");
    IF moved IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('category tree'), "userId")
           FROM (SELECT DISTINCT "userId" FROM after ORDER BY 1) t;
        IF EXISTS (WITH RECURSIVE up AS (
                       SELECT c."id" AS start, c."parentCategoryId" AS above FROM "Category" c WHERE c."id" = ANY (moved)
                       UNION
                       SELECT u.start, c."parentCategoryId" FROM up u JOIN "Category" c ON c."id" = u.above)
                   SELECT FROM up WHERE above = start) THEN
            RAISE EXCEPTION 'a category is below itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'Category_no_cycle';
        END IF;
    END IF;
    IF gone IS NOT NULL AND EXISTS (SELECT FROM "Category" c
                                     WHERE c."parentCategoryId" = ANY (gone) AND NOT c."isDeleted") THEN
        RAISE EXCEPTION 'a category has living children'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'Category_no_living_children';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "Category_updated" AFTER UPDATE ON "Category" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION category_updated();

-- Notifications ------------------------------------------------------------------------------------------------

-- What people do is in the audit; what concerns the catalogue is told from there, in the same transaction, for every
-- act that is recorded. An act is "<entity>.<verb>"; its detail has the name, or for many things their count.
ALTER TABLE "Notification" ADD COLUMN "actorId" INTEGER REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "Notification_actorId_idx" ON "Notification" ("actorId") WHERE "actorId" IS NOT NULL;
CREATE INDEX "Notification_userId_id_idx" ON "Notification" ("userId", "id" DESC);

CREATE FUNCTION audit_notifies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "Notification" ("userId", "actorId", "entityType", "entityId", "action", "entityName", "message",
                                "metadata", "createdAt")
    SELECT e."userId", e."actorId", e."entity", e."entityId", v.action,
           CASE WHEN v.is_bulk THEN k.many ELSE e."detail" ->> 'name' END,
           CASE WHEN v.is_bulk
                THEN format('%s %s were %s', coalesce(e."detail" ->> 'count', 'Multiple'), lower(k.many), v.done)
                ELSE format('%s "%s" was %s', k.one, e."detail" ->> 'name', v.done)
                     || coalesce(' ' || (e."detail" ->> 'with'), '') END,
           coalesce(e."detail", '{}') - 'name', e."at" AT TIME ZONE 'UTC'
      FROM added e
      JOIN (VALUES ('product', 'Product', 'Products'), ('attribute', 'Attribute', 'Attributes'),
                   ('attributeGroup', 'Attribute group', 'Attribute groups'), ('category', 'Category', 'Categories'),
                   ('family', 'Family', 'Families'), ('asset', 'Asset', 'Assets'),
                   ('assetGroup', 'Asset group', 'Asset groups')) k (entity, one, many) ON k.entity = e."entity"
      JOIN (VALUES ('create', 'created', 'created', false), ('update', 'updated', 'updated', false),
                   ('delete', 'deleted', 'deleted', false), ('restore', 'restored', 'restored', false),
                   ('purge', 'purged', 'permanently deleted', false), ('link', 'linked', 'linked', false),
                   ('unlink', 'unlinked', 'unlinked', false), ('bulk_update', 'bulk_updated', 'updated', true),
                   ('bulk_delete', 'bulk_deleted', 'deleted', true), ('bulk_restore', 'bulk_restored', 'restored', true),
                   ('bulk_purge', 'bulk_purged', 'permanently deleted', true),
                   ('import', 'bulk_created', 'imported', true)) v (verb, action, done, is_bulk)
        ON e."action" = e."entity" || '.' || v.verb
     ORDER BY e."id";
    RETURN NULL;
END $$;
CREATE TRIGGER "AuditEvent_notifies" AFTER INSERT ON "AuditEvent" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_notifies();

-- Imports ------------------------------------------------------------------------------------------------------

-- An import that somebody started and may follow; whoever asks must be of its tenant.
CREATE TABLE "ImportRun" (
    "id"         TEXT PRIMARY KEY,                    -- random
    "userId"     INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "actorId"    INTEGER REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    "fileName"   TEXT,
    "isDryRun"   BOOLEAN NOT NULL DEFAULT false,
    "state"      TEXT NOT NULL DEFAULT 'processing' CHECK ("state" IN ('processing', 'completed', 'error')),
    "processed"  BIGINT NOT NULL DEFAULT 0,           -- rows
    "total"      BIGINT NOT NULL DEFAULT 0,
    "succeeded"  BIGINT NOT NULL DEFAULT 0,
    "failed"     BIGINT NOT NULL DEFAULT 0,
    "message"    TEXT,
    "failedRows" JSONB,                               -- the first 100
    "summary"    JSONB,                               -- of one that ended: as the import's own answer
    "startedAt"  TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "updatedAt"  TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);
CREATE INDEX "ImportRun_userId_startedAt_idx" ON "ImportRun" ("userId", "startedAt" DESC);
CREATE INDEX "ImportRun_actorId_idx" ON "ImportRun" ("actorId") WHERE "actorId" IS NOT NULL;
