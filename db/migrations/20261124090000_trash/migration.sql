-- The trash: every delete is a recorded act, uniqueness is among the living, reads can't see what is trashed,
-- and what must hold between rows is kept by the database, whoever writes.

-- One row for each act of deleting.
CREATE TABLE "Deletion" (
    "id"         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "userId"     INTEGER NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "actorId"    INTEGER REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    "kind"       TEXT NOT NULL,                       -- what was deleted: 'product', …
    "rootId"     INTEGER,                             -- the row that was asked for; NULL for a bulk
    "itemCount"  INTEGER NOT NULL,                    -- rows that it hid, at that time
    "reason"     TEXT,
    "requestId"  TEXT,
    "createdAt"  TIMESTAMP(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    "purgeAfter" TIMESTAMP(3),                        -- NULL: the retention of the installation
    "state"      TEXT NOT NULL DEFAULT 'done' CHECK ("state" IN ('done', 'running'))
);
CREATE INDEX "Deletion_userId_id_idx" ON "Deletion" ("userId", "id" DESC);
CREATE INDEX "Deletion_actorId_idx" ON "Deletion" ("actorId") WHERE "actorId" IS NOT NULL;

-- Who did what, append-only. A month is a partition; what falls outside of them lands in the default one,
-- because a missing partition would stop every delete.
CREATE TABLE "AuditEvent" (
    "id"         BIGINT GENERATED ALWAYS AS IDENTITY,
    "at"         TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "userId"     INTEGER NOT NULL,
    "actorId"    INTEGER,
    "action"     TEXT NOT NULL,                       -- 'product.delete', 'product.restore', …
    "entity"     TEXT NOT NULL,
    "entityId"   INTEGER,
    "deletionId" BIGINT,
    "requestId"  TEXT,
    "detail"     JSONB,
    PRIMARY KEY ("id", "at")
) PARTITION BY RANGE ("at");
CREATE TABLE "AuditEvent_default" PARTITION OF "AuditEvent" DEFAULT;
CREATE INDEX "AuditEvent_userId_at_idx" ON "AuditEvent" ("userId", "at" DESC);
CREATE INDEX "AuditEvent_entity_idx" ON "AuditEvent" ("userId", "entity", "entityId", "at" DESC);

DO $$
DECLARE
    month TIMESTAMPTZ := date_trunc('month', now(), 'UTC');
BEGIN
    FOR i IN 0..3 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF "AuditEvent" FOR VALUES FROM (%L) TO (%L)',
                       'AuditEvent_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'), month, month + interval '1 month');
        month := month + interval '1 month';
    END LOOP;
END $$;

-- Exact totals without a scan: triggers append differences, a job folds them into one row.
CREATE TABLE "ListTotal" (
    "userId" INTEGER NOT NULL,
    "kind"   TEXT NOT NULL,                           -- 'product': listed; 'product.trash': in the trash
    "rows"   BIGINT NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX "ListTotal_userId_kind_idx" ON "ListTotal" ("userId", "kind") INCLUDE ("rows");

-- The further categories of a product; its first one is "Product"."categoryId".
CREATE TABLE "ProductCategory" (
    "productId"  INTEGER NOT NULL REFERENCES "Product" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "categoryId" INTEGER NOT NULL REFERENCES "Category" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "position"   INTEGER NOT NULL,
    PRIMARY KEY ("productId", "categoryId")
);
CREATE INDEX "ProductCategory_categoryId_idx" ON "ProductCategory" ("categoryId");

ALTER TABLE "Product"
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id"),
    ADD COLUMN "detachedBy" BIGINT,                   -- a living variant of a trashed parent: the deletion (0: unrecorded)
    ADD COLUMN "version"    INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "Asset"
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id");
ALTER TABLE "AssetGroup"
    ADD COLUMN "deletedAt" TIMESTAMP(3), ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id");
ALTER TABLE "Category"
    ADD COLUMN "deletedAt" TIMESTAMP(3), ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id");
ALTER TABLE "Family"
    ADD COLUMN "deletedAt" TIMESTAMP(3), ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id");
ALTER TABLE "Attribute"
    ADD COLUMN "deletedAt" TIMESTAMP(3), ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id");
ALTER TABLE "AttributeGroup"
    ADD COLUMN "deletedAt" TIMESTAMP(3), ADD COLUMN "isDeleted" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "deletionId" BIGINT REFERENCES "Deletion" ("id");

-- A cascade would destroy living things with a purged one.
ALTER TABLE "Product" DROP CONSTRAINT "Product_parentProductId_fkey";
ALTER TABLE "Product" ADD CONSTRAINT "Product_parentProductId_fkey"
    FOREIGN KEY ("parentProductId") REFERENCES "Product" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ProductAttribute" DROP CONSTRAINT "ProductAttribute_familyAttributeId_fkey";
ALTER TABLE "ProductAttribute" ADD CONSTRAINT "ProductAttribute_familyAttributeId_fkey"
    FOREIGN KEY ("familyAttributeId") REFERENCES "FamilyAttribute" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Unique among the living. (A unique index that includes "deletedAt" protects nothing: NULLs are distinct.)
CREATE UNIQUE INDEX "Product_userId_sku_live_key" ON "Product" ("userId", "sku") WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "Product_userId_name_live_key" ON "Product" ("userId", "name") WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "Asset_userId_group_name_live_key" ON "Asset" ("userId", "assetGroupId", "name")
    NULLS NOT DISTINCT WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "AssetGroup_userId_parent_name_live_key" ON "AssetGroup" ("userId", "parentGroupId", "groupName")
    NULLS NOT DISTINCT WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "Category_userId_parent_name_live_key" ON "Category" ("userId", "parentCategoryId", "name")
    NULLS NOT DISTINCT WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "Family_userId_name_live_key" ON "Family" ("userId", "name") WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "Attribute_userId_name_live_key" ON "Attribute" ("userId", "name") WHERE NOT "isDeleted";
CREATE UNIQUE INDEX "AttributeGroup_userId_name_live_key" ON "AttributeGroup" ("userId", "name") WHERE NOT "isDeleted";
DROP INDEX IF EXISTS "Product_sku_userId_deletedAt_key", "Product_name_userId_deletedAt_key",
    "Asset_name_userId_assetGroupId_deletedAt_key";
DROP INDEX IF EXISTS "Product_sku_userId_key", "Product_name_userId_key", "Asset_name_userId_assetGroupId_key",
    "AssetGroup_groupName_userId_parentGroupId_key", "Category_name_userId_parentCategoryId_key",
    "Family_name_userId_key", "Attribute_name_userId_key", "AttributeGroup_name_userId_key";

-- What the program's own queries read by.
CREATE INDEX "idx_product_active_list" ON "Product" ("userId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted" AND ("parentProductId" IS NULL OR "detachedBy" IS NOT NULL);
CREATE INDEX "idx_product_active_category" ON "Product" ("userId", "categoryId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted";
CREATE INDEX "idx_product_active_family" ON "Product" ("userId", "familyId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted";
CREATE INDEX "idx_product_active_attribute_group" ON "Product" ("userId", "attributeGroupId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted" AND "attributeGroupId" IS NOT NULL;
CREATE INDEX "idx_product_active_variants" ON "Product" ("parentProductId", "id") WHERE NOT "isDeleted";
CREATE INDEX "idx_product_parent" ON "Product" ("parentProductId") WHERE "parentProductId" IS NOT NULL;
CREATE INDEX "idx_product_trash" ON "Product" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_product_deletion" ON "Product" ("deletionId") WHERE "deletionId" IS NOT NULL;
CREATE INDEX "idx_asset_deletion" ON "Asset" ("deletionId") WHERE "deletionId" IS NOT NULL;
CREATE INDEX "idx_product_attribute_attribute" ON "ProductAttribute" ("attributeId");
CREATE INDEX "idx_product_attribute_family_attribute" ON "ProductAttribute" ("familyAttributeId")
    WHERE "familyAttributeId" IS NOT NULL;
CREATE INDEX "idx_family_attribute_attribute" ON "FamilyAttribute" ("attributeId");
CREATE INDEX "idx_product_asset_asset" ON "ProductAsset" ("assetId");
CREATE INDEX "idx_category_parent" ON "Category" ("parentCategoryId");

-- Search: substrings of three letters or more by trigram, shorter ones by prefix.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "idx_product_active_search" ON "Product" USING gin ("name" gin_trgm_ops, "sku" gin_trgm_ops)
    WHERE NOT "isDeleted";
CREATE INDEX "idx_product_active_name_prefix" ON "Product" ("userId", lower("name") text_pattern_ops)
    WHERE NOT "isDeleted";
CREATE INDEX "idx_product_active_sku_prefix" ON "Product" ("userId", lower("sku") text_pattern_ops)
    WHERE NOT "isDeleted";
CREATE INDEX "User_email_lower_idx" ON "User" (lower("email"));

-- What can be seen of the tables that have a trash.
CREATE SCHEMA live;
CREATE VIEW live."Product" AS
    SELECT "id", "name", "sku", "productLink", "imageUrl", "status", "categoryId", "userId", "createdAt", "updatedAt",
           "attributeGroupId", "familyId", "subImages", "parentProductId", "thumbnailSubImages", "thumbnailUrl",
           "detachedBy", "version"
      FROM public."Product" WHERE NOT "isDeleted";
CREATE VIEW live."Asset" AS
    SELECT "id", "name", "fileName", "filePath", "mimeType", "uploadDate", "size", "userId", "assetGroupId", "createdAt",
           "updatedAt", "thumbnailPath"
      FROM public."Asset" WHERE NOT "isDeleted";
CREATE VIEW live."AssetGroup" AS
    SELECT "id", "groupName", "createdDate", "totalSize", "userId", "createdAt", "updatedAt", "parentGroupId"
      FROM public."AssetGroup" WHERE NOT "isDeleted";
CREATE VIEW live."Category" AS
    SELECT "id", "name", "description", "parentCategoryId", "userId", "createdAt", "updatedAt"
      FROM public."Category" WHERE NOT "isDeleted";
CREATE VIEW live."Family" AS
    SELECT "id", "name", "userId", "createdAt", "updatedAt" FROM public."Family" WHERE NOT "isDeleted";
CREATE VIEW live."Attribute" AS
    SELECT "id", "name", "type", "defaultValue", "userId", "createdAt", "updatedAt"
      FROM public."Attribute" WHERE NOT "isDeleted";
CREATE VIEW live."AttributeGroup" AS
    SELECT "id", "name", "description", "userId", "createdAt", "updatedAt"
      FROM public."AttributeGroup" WHERE NOT "isDeleted";

-- Statuses -----------------------------------------------------------------------------------------------------

-- A product is complete when its family has a required attribute and all of them have a value. Nobody else
-- writes the status; `updatedAt` stays, because nobody edited the product.
CREATE FUNCTION product_refresh_status(products INTEGER[]) RETURNS void LANGUAGE sql AS $$
    UPDATE "Product" p SET "status" = s."status"
      FROM (SELECT t."id",
                   CASE WHEN count(f."id") > 0 AND bool_and(coalesce(v."value", '') <> '')
                        THEN 'complete' ELSE 'incomplete' END AS "status"
              FROM "Product" t
              LEFT JOIN ("FamilyAttribute" f JOIN live."Attribute" a ON a."id" = f."attributeId")
                     ON f."familyId" = t."familyId" AND f."isRequired"
              LEFT JOIN "ProductAttribute" v ON v."productId" = t."id" AND v."attributeId" = f."attributeId"
             WHERE t."id" = ANY (products)
             GROUP BY t."id") s
     WHERE p."id" = s."id" AND p."status" <> s."status" AND p."status" IN ('complete', 'incomplete')
$$;

CREATE FUNCTION product_attribute_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM product_refresh_status(ARRAY(SELECT DISTINCT "productId" FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER "ProductAttribute_inserted" AFTER INSERT ON "ProductAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION product_attribute_changed();
CREATE TRIGGER "ProductAttribute_updated" AFTER UPDATE ON "ProductAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION product_attribute_changed();
CREATE TRIGGER "ProductAttribute_deleted" AFTER DELETE ON "ProductAttribute" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION product_attribute_changed();

CREATE FUNCTION family_attribute_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM product_refresh_status(
        ARRAY(SELECT "id" FROM "Product" WHERE "familyId" IN (SELECT "familyId" FROM changed)));
    RETURN NULL;
END $$;
CREATE TRIGGER "FamilyAttribute_inserted" AFTER INSERT ON "FamilyAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_changed();
CREATE TRIGGER "FamilyAttribute_updated" AFTER UPDATE ON "FamilyAttribute" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_changed();
CREATE TRIGGER "FamilyAttribute_deleted" AFTER DELETE ON "FamilyAttribute" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION family_attribute_changed();

-- Products -----------------------------------------------------------------------------------------------------

-- The version is what the ETag comes from. Our statements raise it themselves; this is for other writers.
CREATE FUNCTION product_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."version" := OLD."version" + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER "Product_version" BEFORE UPDATE ON "Product" FOR EACH ROW
    WHEN (NEW."version" = OLD."version" AND NEW."updatedAt" IS DISTINCT FROM OLD."updatedAt")
    EXECUTE FUNCTION product_raise_version();

-- Is a row of "Product" in the list of products?
CREATE FUNCTION product_is_listed(deleted BOOLEAN, parent INTEGER, detached BIGINT) RETURNS BOOLEAN
    LANGUAGE sql IMMUTABLE AS $$ SELECT NOT deleted AND (parent IS NULL OR detached IS NOT NULL) $$;

CREATE FUNCTION product_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "ListTotal" ("userId", "kind", "rows")
    SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END, count(*)
      FROM added
     WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")
     GROUP BY 1, 2;
    IF EXISTS (SELECT FROM added WHERE "parentProductId" IS NOT NULL) THEN
        PERFORM product_check_levels(ARRAY(SELECT "id" FROM added WHERE "parentProductId" IS NOT NULL));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION product_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "ListTotal" ("userId", "kind", "rows")
    SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END, -count(*)
      FROM removed
     WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")
     GROUP BY 1, 2;
    RETURN NULL;
END $$;

-- Variants have one level: a variant has no variants, and a product is not its own parent. Looked at after the
-- write, with a snapshot of now: two writers that passed each other are both seen.
CREATE FUNCTION product_check_levels(variants INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM "Product" v WHERE v."id" = ANY (variants) AND v."parentProductId" = v."id")
       OR EXISTS (SELECT FROM "Product" c WHERE c."parentProductId" = ANY (variants))
       OR EXISTS (SELECT FROM "Product" v JOIN "Product" p ON p."id" = v."parentProductId"
                   WHERE v."id" = ANY (variants) AND p."parentProductId" IS NOT NULL) THEN
        RAISE EXCEPTION 'variants have one level' USING ERRCODE = 'check_violation', CONSTRAINT = 'Product_one_level';
    END IF;
END $$;

-- Living variants of trashed parents list as stand-alone products: "detachedBy" names the deletion of the
-- parent, set when the parent goes (or the variant comes back without it), cleared when the parent comes back.
-- Parents are locked, whatever their state, so that a variant and its parent can't pass each other.
CREATE FUNCTION product_follow_trash(gone INTEGER[], back INTEGER[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "Product" v SET "detachedBy" = coalesce(p."deletionId", 0)
      FROM "Product" p
     WHERE p."id" = ANY (gone) AND p."isDeleted" AND v."parentProductId" = p."id" AND NOT v."isDeleted"
       AND v."detachedBy" IS DISTINCT FROM coalesce(p."deletionId", 0);

    UPDATE "Product" v SET "detachedBy" = NULL
     WHERE v."parentProductId" = ANY (back) AND NOT v."isDeleted" AND v."detachedBy" IS NOT NULL;

    WITH parents AS MATERIALIZED (
        SELECT p."id", p."isDeleted", p."deletionId" FROM "Product" p
         WHERE p."id" IN (SELECT v."parentProductId" FROM "Product" v WHERE v."id" = ANY (back))
         ORDER BY p."id" FOR SHARE)
    UPDATE "Product" v SET "detachedBy" = CASE WHEN p."isDeleted" THEN coalesce(p."deletionId", 0) END
      FROM parents p
     WHERE v."id" = ANY (back) AND v."parentProductId" = p."id"
       AND v."detachedBy" IS DISTINCT FROM CASE WHEN p."isDeleted" THEN coalesce(p."deletionId", 0) END;
END $$;

CREATE FUNCTION product_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[];   -- another parent
    gone  INTEGER[];   -- into the trash
    back  INTEGER[];   -- out of it
    other INTEGER[];   -- another family
    freed INTEGER[];   -- the parent was purged
BEGIN
    SELECT array_agg(n."id") FILTER (WHERE n."parentProductId" IS DISTINCT FROM o."parentProductId"
                                       AND n."parentProductId" IS NOT NULL),
           array_agg(n."id") FILTER (WHERE n."isDeleted" AND NOT o."isDeleted"),
           array_agg(n."id") FILTER (WHERE o."isDeleted" AND NOT n."isDeleted"),
           array_agg(n."id") FILTER (WHERE n."familyId" IS DISTINCT FROM o."familyId"),
           array_agg(n."id") FILTER (WHERE n."parentProductId" IS NULL AND n."detachedBy" IS NOT NULL)
      INTO moved, gone, back, other, freed
      FROM after n JOIN before o USING ("id")
     WHERE (n."parentProductId", n."isDeleted", n."familyId", n."detachedBy")
           IS DISTINCT FROM (o."parentProductId", o."isDeleted", o."familyId", o."detachedBy");

    INSERT INTO "ListTotal" ("userId", "kind", "rows")
    SELECT "userId", "kind", sum("rows")
      FROM (SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END AS "kind", 1 AS "rows"
              FROM after WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")
            UNION ALL
            SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END, -1
              FROM before WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")) t
     GROUP BY 1, 2 HAVING sum("rows") <> 0;

    IF moved IS NOT NULL THEN PERFORM product_check_levels(moved); END IF;
    IF other IS NOT NULL THEN PERFORM product_refresh_status(other); END IF;
    IF freed IS NOT NULL THEN UPDATE "Product" SET "detachedBy" = NULL WHERE "id" = ANY (freed); END IF;
    IF gone IS NOT NULL OR back IS NOT NULL THEN
        PERFORM product_follow_trash(coalesce(gone, '{}'), coalesce(back, '{}'));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER "Product_inserted" AFTER INSERT ON "Product" REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION product_inserted();
CREATE TRIGGER "Product_removed" AFTER DELETE ON "Product" REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION product_removed();
CREATE TRIGGER "Product_updated" AFTER UPDATE ON "Product" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION product_updated();

-- What is there already: living variants of trashed parents, and the totals.
UPDATE "Product" v SET "detachedBy" = 0
  FROM "Product" p
 WHERE p."id" = v."parentProductId" AND p."isDeleted" AND NOT v."isDeleted";
DELETE FROM "ListTotal";
INSERT INTO "ListTotal" ("userId", "kind", "rows")
SELECT "userId", CASE WHEN "isDeleted" THEN 'product.trash' ELSE 'product' END, count(*)
  FROM "Product"
 WHERE "isDeleted" OR product_is_listed("isDeleted", "parentProductId", "detachedBy")
 GROUP BY 1, 2;
