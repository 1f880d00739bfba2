-- The first so many names that nobody living has: base-restored, base-restored-2, … For all of a statement that need the same one at
-- once: two thousand with one name would each pass over those of all before it.
-- Each is looked for as the first that is not before it: only the unique index has that order, whatever the planner thought of the tables
-- when a connection asked for the first time (its plan stays, and the tables may be empty then). Files, folders and categories are looked
-- for by their place, or by none, each by itself: an index knows no IS NOT DISTINCT FROM.
-- (trash_free_name stays for the version that still serves.)
CREATE FUNCTION trash_free_names(item_kind TEXT, tenant INTEGER, place INTEGER, base TEXT, characters_max INTEGER, wanted INTEGER)
    RETURNS SETOF TEXT LANGUAGE plpgsql STABLE ROWS 1
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    candidate TEXT;
    suffix    TEXT;
    next_name TEXT;
    found     INTEGER := 0;
BEGIN
    FOR i IN 1..100000 + wanted LOOP
        EXIT WHEN found >= wanted;
        suffix := '-restored' || CASE WHEN i > 1 THEN '-' || i ELSE '' END;
        candidate := left(base, characters_max - length(suffix)) || suffix;
        next_name := CASE item_kind
            WHEN 'sku' THEN (SELECT "sku" FROM public."Product" WHERE "userId" = tenant AND "sku" >= candidate AND NOT "isDeleted" ORDER BY "sku" LIMIT 1)
            WHEN 'product' THEN (SELECT "name" FROM public."Product" WHERE "userId" = tenant AND "name" >= candidate AND NOT "isDeleted" ORDER BY "name" LIMIT 1)
            WHEN 'asset' THEN CASE WHEN place IS NULL
                THEN (SELECT "name" FROM public."Asset" WHERE "userId" = tenant AND "assetGroupId" IS NULL AND "name" >= candidate AND NOT "isDeleted" ORDER BY "assetGroupId", "name" LIMIT 1)
                ELSE (SELECT "name" FROM public."Asset" WHERE "userId" = tenant AND "assetGroupId" = place AND "name" >= candidate AND NOT "isDeleted" ORDER BY "name" LIMIT 1) END
            WHEN 'assetGroup' THEN CASE WHEN place IS NULL
                THEN (SELECT "groupName" FROM public."AssetGroup" WHERE "userId" = tenant AND "parentGroupId" IS NULL AND "groupName" >= candidate AND NOT "isDeleted" ORDER BY "parentGroupId", "groupName" LIMIT 1)
                ELSE (SELECT "groupName" FROM public."AssetGroup" WHERE "userId" = tenant AND "parentGroupId" = place AND "groupName" >= candidate AND NOT "isDeleted" ORDER BY "groupName" LIMIT 1) END
            WHEN 'category' THEN CASE WHEN place IS NULL
                THEN (SELECT "name" FROM public."Category" WHERE "userId" = tenant AND "parentCategoryId" IS NULL AND "name" >= candidate AND NOT "isDeleted" ORDER BY "parentCategoryId", "name" LIMIT 1)
                ELSE (SELECT "name" FROM public."Category" WHERE "userId" = tenant AND "parentCategoryId" = place AND "name" >= candidate AND NOT "isDeleted" ORDER BY "name" LIMIT 1) END
            WHEN 'family' THEN (SELECT "name" FROM public."Family" WHERE "userId" = tenant AND "name" >= candidate AND NOT "isDeleted" ORDER BY "name" LIMIT 1)
            WHEN 'attribute' THEN (SELECT "name" FROM public."Attribute" WHERE "userId" = tenant AND "name" >= candidate AND NOT "isDeleted" ORDER BY "name" LIMIT 1)
            ELSE (SELECT "name" FROM public."AttributeGroup" WHERE "userId" = tenant AND "name" >= candidate AND NOT "isDeleted" ORDER BY "name" LIMIT 1)
        END;
        IF next_name IS DISTINCT FROM candidate THEN
            found := found + 1;
            RETURN NEXT candidate;
        END IF;
    END LOOP;
END $$;
