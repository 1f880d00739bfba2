-- Assets and their files. A file is content: bytes that are known by their SHA-256 and lie under a key that is never used
-- twice. The file is there before the row that names it commits, and goes after the last row that did is gone.

-- The bytes behind assets, each once, however many assets have them.
CREATE TABLE "StoredContent" (
    "hash"       TEXT PRIMARY KEY CHECK ("hash" ~ '^[0-9a-f]{64}$'),
    "place"      TEXT NOT NULL CHECK ("place" IN ('local', 's3', 'uploads')),   -- uploads: the adopted folder
    "key"        TEXT NOT NULL,                       -- its name there
    "size"       BIGINT NOT NULL,
    "mimeType"   TEXT NOT NULL,                       -- what it really is
    "thumbnails" TEXT NOT NULL DEFAULT 'none' CHECK ("thumbnails" IN ('none', 'waiting', 'ready', 'refused')),
    "trouble"    TEXT,                                -- why they were refused
    "width"      INTEGER,
    "height"     INTEGER,
    "tries"      INTEGER NOT NULL DEFAULT 0,
    "nextTryAt"  TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "createdAt"  TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    UNIQUE ("place", "key")
);
CREATE INDEX "idx_stored_content_waiting" ON "StoredContent" ("nextTryAt") WHERE "thumbnails" = 'waiting';

-- Files to remove, after the commit: of content that has lost an asset ("key" NULL: not known yet whether it was the
-- last one), then of content that is gone.
CREATE TABLE "FileRemoval" (
    "id"        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "hash"      TEXT NOT NULL,
    "place"     TEXT,
    "key"       TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);

ALTER TABLE "Asset"
    ADD COLUMN "contentHash" TEXT REFERENCES "StoredContent" ("hash"),   -- NULL: a file of before, not yet taken in
    ADD COLUMN "version"     INTEGER NOT NULL DEFAULT 1;
CREATE INDEX "idx_asset_content" ON "Asset" ("contentHash") WHERE "contentHash" IS NOT NULL;
CREATE INDEX "idx_asset_file_path" ON "Asset" ("userId", "filePath");
CREATE INDEX "idx_asset_thumbnail_path" ON "Asset" ("userId", "thumbnailPath") WHERE "thumbnailPath" IS NOT NULL;
CREATE INDEX "idx_asset_active_list" ON "Asset" ("userId", "assetGroupId", "createdAt" DESC, "id" DESC) INCLUDE ("size")
    WHERE NOT "isDeleted";
CREATE INDEX "idx_asset_active_search" ON "Asset" USING gin ("name" gin_trgm_ops, "fileName" gin_trgm_ops)
    WHERE NOT "isDeleted";
CREATE INDEX "idx_asset_active_name_prefix" ON "Asset" ("userId", lower("name") text_pattern_ops) WHERE NOT "isDeleted";
CREATE INDEX "idx_asset_trash" ON "Asset" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_asset_group_trash" ON "AssetGroup" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX "idx_asset_group_parent" ON "AssetGroup" ("parentGroupId");
CREATE INDEX "idx_asset_group_deletion" ON "AssetGroup" ("deletionId") WHERE "deletionId" IS NOT NULL;

CREATE OR REPLACE VIEW live."Asset" AS
    SELECT "id", "name", "fileName", "filePath", "mimeType", "uploadDate", "size", "userId", "assetGroupId", "createdAt",
           "updatedAt", "thumbnailPath", "contentHash", "version"
      FROM public."Asset" WHERE NOT "isDeleted";

-- The groups of a tenant that are in the trash: their assets are listed at the root meanwhile.
CREATE FUNCTION asset_groups_in_trash(tenant INTEGER) RETURNS INTEGER[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT "id" FROM public."AssetGroup" WHERE "userId" = tenant AND "isDeleted")
$$;

-- The version is what the ETag comes from. Our statements raise it themselves; this is for other writers.
CREATE FUNCTION asset_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."version" := OLD."version" + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER "Asset_version" BEFORE UPDATE ON "Asset" FOR EACH ROW
    WHEN (NEW."version" = OLD."version" AND NEW."updatedAt" IS DISTINCT FROM OLD."updatedAt")
    EXECUTE FUNCTION asset_raise_version();

-- Whoever takes an asset away, or gives it another file, leaves word that its content may be nobody's any more.
CREATE FUNCTION asset_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "FileRemoval" ("hash")
    SELECT DISTINCT "contentHash" FROM removed WHERE "contentHash" IS NOT NULL ORDER BY 1;
    RETURN NULL;
END $$;
CREATE TRIGGER "Asset_removed" AFTER DELETE ON "Asset" REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION asset_removed();

CREATE FUNCTION asset_file_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "FileRemoval" ("hash")
    SELECT DISTINCT o."contentHash" FROM before o FULL JOIN after n USING ("id")
     WHERE o."contentHash" IS DISTINCT FROM n."contentHash" AND coalesce(o."contentHash", '') <> '' ORDER BY 1;
    RETURN NULL;
END $$;
CREATE TRIGGER "Asset_file_replaced" AFTER UPDATE ON "Asset" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION asset_file_replaced();

-- A tree has no cycles: looked at after the write, with a snapshot of now; moves of one tenant wait for each other.
CREATE FUNCTION asset_group_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved INTEGER[];
BEGIN
    SELECT array_agg(n."id") FILTER (WHERE n."parentGroupId" IS DISTINCT FROM o."parentGroupId"
                                       AND n."parentGroupId" IS NOT NULL)
      INTO moved
      FROM after n FULL JOIN before o USING ("id");
    IF moved IS NULL THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('asset group tree'), "userId")
       FROM (SELECT DISTINCT "userId" FROM after ORDER BY 1) t;
    IF EXISTS (WITH RECURSIVE up AS (
                   SELECT g."id" AS start, g."parentGroupId" AS above FROM "AssetGroup" g WHERE g."id" = ANY (moved)
                   UNION
                   SELECT u.start, g."parentGroupId" FROM up u JOIN "AssetGroup" g ON g."id" = u.above)
               SELECT FROM up WHERE above = start) THEN
        RAISE EXCEPTION 'a group is below itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'AssetGroup_no_cycle';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "AssetGroup_updated" AFTER UPDATE ON "AssetGroup" REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION asset_group_updated();
