-- What takes an archive in again, for its transaction only, beside the tools of the full rollback: its lines are in rollback_archive.

-- The value of a column of an archived row r, where what it leads to is still there.
CREATE FUNCTION pg_temp.archived_value(relation text, col text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT CASE WHEN k.is_required THEN format('r.%I', k.col)
                                 ELSE format('CASE WHEN EXISTS (SELECT FROM public.%I p WHERE p.%I = r.%I) THEN r.%3$I END', k.parent, k.parent_col, k.col) END
                       FROM pg_temp.rollback_key k WHERE k.child = relation AND k.col = archived_value.col LIMIT 1), format('r.%I', col))
$$;

-- The acts that the deployment made of what it found in the trash step aside: their numbers are those of archived ones.
CREATE FUNCTION pg_temp.archive_step_aside() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    shift bigint;
BEGIN
    SELECT max((a.line -> 'row' ->> 'id')::bigint) INTO shift FROM pg_temp.rollback_archive a WHERE a.line ->> 'table' = 'Deletion';
    IF shift IS NULL THEN RETURN; END IF;
    CREATE TEMP TABLE moved_act ON COMMIT DROP AS SELECT d."id" FROM public."Deletion" d;
    INSERT INTO public."Deletion" ("id", "userId", "actorId", "kind", "rootId", "itemCount", "reason", "requestId", "createdAt", "purgeAfter", "state")
           OVERRIDING SYSTEM VALUE
    SELECT d."id" + shift, d."userId", d."actorId", d."kind", d."rootId", d."itemCount", d."reason", d."requestId", d."createdAt", d."purgeAfter", d."state"
      FROM public."Deletion" d;
    UPDATE public."Product" p SET "deletionId" = p."deletionId" + shift WHERE p."deletionId" IS NOT NULL;
    UPDATE public."Product" p SET "detachedBy" = p."detachedBy" + shift WHERE p."detachedBy" > 0;
    UPDATE public."Asset" a SET "deletionId" = a."deletionId" + shift WHERE a."deletionId" IS NOT NULL;
    DELETE FROM public."Deletion" d USING moved_act m WHERE d."id" = m."id";
END $$;

-- The rows of a table. Gives how many there are in the archive, and how many came in.
CREATE FUNCTION pg_temp.archive_insert(relation text, OUT given bigint, OUT taken bigint) LANGUAGE plpgsql AS $$
DECLARE
    names text;
    fields text;
    needed text;
BEGIN
    SELECT string_agg(quote_ident(c.name), ', ' ORDER BY c.place),
           string_agg(CASE WHEN k.parent = k.child THEN 'NULL' ELSE pg_temp.archived_value(archive_insert.relation, c.name) END, ', ' ORDER BY c.place),
           string_agg(format('EXISTS (SELECT FROM public.%I p WHERE p.%I = r.%I)', k.parent, k.parent_col, k.col), ' AND ') FILTER (WHERE k.is_required)
      INTO names, fields, needed
      FROM pg_temp.rollback_column c
      LEFT JOIN LATERAL (SELECT k.* FROM pg_temp.rollback_key k WHERE k.child = c.relation AND k.col = c.name LIMIT 1) k ON true
     WHERE c.relation = archive_insert.relation
       AND c.name IN (SELECT jsonb_object_keys(a.line -> 'row') FROM pg_temp.rollback_archive a
                       WHERE a.number = (SELECT min(b.number) FROM pg_temp.rollback_archive b WHERE b.line ->> 'op' = 'row' AND b.line ->> 'table' = archive_insert.relation));
    SELECT count(*) INTO given FROM pg_temp.rollback_archive a WHERE a.line ->> 'op' = 'row' AND a.line ->> 'table' = archive_insert.relation;
    EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM pg_temp.rollback_archive a, jsonb_populate_record(NULL::public.%1$I, a.line -> ''row'') r '
                   'WHERE a.line ->> ''op'' = ''row'' AND a.line ->> ''table'' = %1$L AND %4$s ORDER BY a.number ON CONFLICT DO NOTHING',
                   relation, names, fields, coalesce(needed, 'true'));
    GET DIAGNOSTICS taken = ROW_COUNT;
    -- What leads to the same table, now that all of it is there.
    FOR names IN SELECT k.col FROM pg_temp.rollback_key k WHERE k.child = archive_insert.relation AND k.parent = k.child LOOP
        EXECUTE format('UPDATE public.%1$I t SET %2$I = r.%2$I FROM pg_temp.rollback_archive a, jsonb_populate_record(NULL::public.%1$I, a.line -> ''row'') r '
                       'WHERE a.line ->> ''op'' = ''row'' AND a.line ->> ''table'' = %1$L AND t."id" = r."id" AND t.%2$I IS NULL AND r.%2$I IS NOT NULL '
                       'AND EXISTS (SELECT FROM public.%1$I p WHERE p."id" = r.%2$I)', relation, names);
    END LOOP;
END $$;

-- Those columns of rows which stayed that had gone, and what led to something that is there again.
CREATE FUNCTION pg_temp.archive_update() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    FOR each IN
        SELECT f.op, f.relation, string_agg(format('%I = %s', f.name, pg_temp.archived_value(f.relation, f.name)), ', ') AS changes,
               string_agg(format('t.%I IS NULL AND a.line -> ''row'' ? %L', f.name, f.name), ' AND ') AS is_free,
               (SELECT string_agg(format('t.%1$I = r.%1$I', c.name), ' AND ') FROM pg_temp.rollback_column c WHERE c.relation = f.relation AND c.is_key) AS same
          FROM (SELECT DISTINCT a.line ->> 'op' AS op, a.line ->> 'table' AS relation, n.name
                  FROM pg_temp.rollback_archive a, jsonb_object_keys(a.line -> 'row') n (name) WHERE a.line ->> 'op' IN ('columns', 'set')) f
          JOIN pg_temp.rollback_column c ON c.relation = f.relation AND c.name = f.name
         GROUP BY f.op, f.relation, CASE WHEN f.op = 'set' THEN f.name END ORDER BY 1, 2 LOOP
        EXECUTE format('UPDATE public.%1$I t SET %2$s FROM pg_temp.rollback_archive a, jsonb_populate_record(NULL::public.%1$I, (a.line -> ''row'') || (a.line -> ''key'')) r '
                       'WHERE a.line ->> ''op'' = %3$L AND a.line ->> ''table'' = %1$L AND %4$s AND %5$s', each.relation, each.changes, each.op, each.same,
                       CASE WHEN each.op = 'set' THEN each.is_free ELSE 'true' END);
    END LOOP;
    -- A value that the parent has not, or not any more, is the variant's own.
    UPDATE public."ProductAttribute" v SET "inherited" = false
      FROM public."Product" p
     WHERE v."inherited" AND p."id" = v."productId"
       AND NOT EXISTS (SELECT FROM public."ProductAttribute" o
                        WHERE o."productId" = p."parentProductId" AND o."attributeId" = v."attributeId" AND o."value" IS NOT DISTINCT FROM v."value");
END $$;

-- All of it; gives the rows by table. Kept totals are left empty, to be counted.
CREATE FUNCTION pg_temp.archive_take_in() RETURNS TABLE (relation text, given bigint, taken bigint) LANGUAGE plpgsql AS $$
DECLARE
    waiting text[] := ARRAY(SELECT DISTINCT a.line ->> 'table' FROM pg_temp.rollback_archive a
                             WHERE a.line ->> 'op' = 'row' AND a.line ->> 'table' IN (SELECT c.relation FROM pg_temp.rollback_column c) ORDER BY 1);
    next text;
    each record;
BEGIN
    PERFORM pg_temp.archive_step_aside();
    WHILE cardinality(waiting) > 0 LOOP
        SELECT w.name INTO next FROM unnest(waiting) w (name)
         WHERE NOT EXISTS (SELECT FROM pg_temp.rollback_key k WHERE k.child = w.name AND k.parent <> w.name AND k.parent = ANY (waiting)) ORDER BY 1 LIMIT 1;
        relation := coalesce(next, waiting[1]);
        SELECT i.given, i.taken INTO given, taken FROM pg_temp.archive_insert(relation) i;
        waiting := array_remove(waiting, relation);
        RETURN NEXT;
    END LOOP;
    PERFORM pg_temp.archive_update();
    DELETE FROM public."Deletion" d WHERE d."kind" = 'adopted' AND NOT EXISTS (SELECT FROM trash."Item" i WHERE i."deletionId" = d."id")
       AND NOT EXISTS (SELECT FROM pg_temp.rollback_archive a WHERE a.line ->> 'table' = 'Deletion' AND (a.line -> 'row' ->> 'id')::bigint = d."id");
    DELETE FROM public."ListTotal";
    FOR each IN SELECT c.relation, c.name, pg_get_serial_sequence(format('public.%I', c.relation), c.name) AS sequence
                  FROM pg_temp.rollback_column c WHERE pg_get_serial_sequence(format('public.%I', c.relation), c.name) IS NOT NULL LOOP
        EXECUTE format('SELECT setval(%1$L, greatest(m.top, (SELECT s.last_value FROM %1$s s))) FROM (SELECT max(t.%2$I) AS top FROM public.%3$I t) m WHERE m.top IS NOT NULL',
                       each.sequence, each.name, each.relation);
    END LOOP;
END $$;
