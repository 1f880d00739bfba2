-- What another program put into the trash becomes acts of deleting, when its database is adopted: each row one of its own, so
-- that each comes back alone. It is kept for a month from now, however long it had been there; what has no time of deletion
-- is kept for good.
CREATE FUNCTION trash_adopt() RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    products INTEGER;
    assets   INTEGER;
BEGIN
    WITH taken AS (
        INSERT INTO "Deletion" ("userId", "kind", "rootId", "itemCount", "reason", "createdAt", "purgeAfter")
        SELECT p."userId", 'adopted', p."id", 1, 'in the trash when this database was adopted',
               coalesce(p."deletedAt", now() AT TIME ZONE 'UTC'),
               CASE WHEN p."deletedAt" IS NOT NULL THEN (now() AT TIME ZONE 'UTC') + interval '30 days' END
          FROM "Product" p WHERE p."isDeleted" AND p."deletionId" IS NULL ORDER BY p."id"
        RETURNING "id", "rootId")
    UPDATE "Product" p SET "deletionId" = t."id" FROM taken t WHERE p."id" = t."rootId";
    GET DIAGNOSTICS products = ROW_COUNT;
    WITH taken AS (
        INSERT INTO "Deletion" ("userId", "kind", "rootId", "itemCount", "reason", "createdAt", "purgeAfter")
        SELECT a."userId", 'adopted', a."id", 1, 'in the trash when this database was adopted',
               coalesce(a."deletedAt", now() AT TIME ZONE 'UTC'),
               CASE WHEN a."deletedAt" IS NOT NULL THEN (now() AT TIME ZONE 'UTC') + interval '30 days' END
          FROM "Asset" a WHERE a."isDeleted" AND a."deletionId" IS NULL ORDER BY a."id"
        RETURNING "id", "rootId")
    UPDATE "Asset" a SET "deletionId" = t."id" FROM taken t WHERE a."id" = t."rootId";
    GET DIAGNOSTICS assets = ROW_COUNT;
    -- Their living variants stand alone until they come back.
    UPDATE "Product" v SET "detachedBy" = p."deletionId"
      FROM "Product" p
     WHERE p."id" = v."parentProductId" AND p."isDeleted" AND NOT v."isDeleted" AND v."detachedBy" = 0 AND p."deletionId" IS NOT NULL;
    RETURN products + assets;
END $$;

DO $$
BEGIN
    IF to_regclass('public."_pixelpim_journal"') IS NOT NULL THEN  -- (what is inside is not read where it is not there)
        IF EXISTS (SELECT FROM "_pixelpim_journal" WHERE "operation" = 'baseline') THEN PERFORM trash_adopt(); END IF;
    END IF;
END $$;
