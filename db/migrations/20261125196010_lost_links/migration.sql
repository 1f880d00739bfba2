-- A preview of a restore tells of every link that what was purged has taken along: also of a product's further categories, its values
-- and its files, and of the attributes of a family or a group.

-- The kind of what goes; then, for each kind of what may have hung on it, that kind, its table, the table of the links, and the
-- links' columns for the two. The foreign keys take the links away, but after this: triggers go by their names, and theirs
-- begin with an R.
CREATE FUNCTION trash_members_lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- (Where the tenant itself goes, nobody asks.)
    IF NOT EXISTS (SELECT FROM "User" u WHERE u."id" = OLD."userId") THEN RETURN NULL; END IF;
    FOR i IN 1 .. TG_NARGS - 5 BY 5 LOOP
        EXECUTE format('INSERT INTO "LostLink" ("userId", "kind", "itemId", "goneKind", "goneId", "deletionId")
                        SELECT DISTINCT t."userId", %L, t."id", %L, $1, t."deletionId"
                          FROM %I l JOIN %I t ON t."id" = l.%I WHERE l.%I = $1 AND t."isDeleted"
                        ON CONFLICT ("userId", "kind", "itemId", "goneKind", "goneId")
                        DO UPDATE SET "deletionId" = excluded."deletionId", "at" = excluded."at"',
                       TG_ARGV[i], TG_ARGV[0], TG_ARGV[i + 2], TG_ARGV[i + 1], TG_ARGV[i + 3], TG_ARGV[i + 4]) USING OLD."id";
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER "Category_members_lost" AFTER DELETE ON "Category" FOR EACH ROW EXECUTE FUNCTION
    trash_members_lost('category', 'product', 'Product', 'ProductCategory', 'productId', 'categoryId');
CREATE TRIGGER "Asset_members_lost" AFTER DELETE ON "Asset" FOR EACH ROW EXECUTE FUNCTION
    trash_members_lost('asset', 'product', 'Product', 'ProductAsset', 'productId', 'assetId');
CREATE TRIGGER "Attribute_members_lost" AFTER DELETE ON "Attribute" FOR EACH ROW EXECUTE FUNCTION
    trash_members_lost('attribute', 'product', 'Product', 'ProductAttribute', 'productId', 'attributeId',
                       'family', 'Family', 'FamilyAttribute', 'familyId', 'attributeId',
                       'attributeGroup', 'AttributeGroup', 'AttributeGroupAttribute', 'attributeGroupId', 'attributeId');
