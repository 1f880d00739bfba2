-- What a full rollback works with, for its transaction only: which columns stay (filled by whoever runs it), which rows of the trash
-- were there before us and stay, what leads to what, and the archive.
CREATE TEMP TABLE rollback_target (relation text, name text, PRIMARY KEY (relation, name)) ON COMMIT DROP;
CREATE TEMP TABLE rollback_kept (relation text, id integer, PRIMARY KEY (relation, id)) ON COMMIT DROP;
CREATE TEMP TABLE rollback_trigger (relation text, name text) ON COMMIT DROP;
CREATE TEMP TABLE rollback_archive (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line jsonb NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE rollback_key ON COMMIT DROP AS
SELECT c.relname::text AS child, a.attname::text AS col, p.relname::text AS parent, b.attname::text AS parent_col,
       k.confdeltype = 'c' AS cascades, a.attnotnull AS is_required
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
  JOIN pg_class p ON p.oid = k.confrelid JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = k.confkey[1]
 WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND k.conparentid = 0 AND cardinality(k.conkey) = 1;
CREATE TEMP TABLE rollback_column ON COMMIT DROP AS
SELECT c.relname::text AS relation, a.attname::text AS name, a.attnum AS place, coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL') AS fallback,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS is_key
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relname <> '_prisma_migrations' AND c.relname NOT LIKE '\_pixelpim\_%';

-- The condition that a row goes: it is in the trash, or hangs on what is. 'false' where none of the table can.
CREATE FUNCTION pg_temp.rollback_doomed(relation text, alias text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    parts text[] := '{}';
    inside text;
    key pg_temp.rollback_key;
BEGIN
    IF relation IN ('Product', 'Asset', 'AssetGroup', 'Category', 'Family', 'Attribute', 'AttributeGroup') THEN
        RETURN format('(%1$s."isDeleted" AND NOT EXISTS (SELECT FROM pg_temp.rollback_kept k WHERE k.relation = %2$L AND k.id = %1$s."id"))',
                      alias, relation);
    END IF;
    FOR key IN SELECT * FROM pg_temp.rollback_key k WHERE k.child = relation AND k.cascades AND k.parent <> relation LOOP
        inside := pg_temp.rollback_doomed(key.parent, alias || 'x');
        CONTINUE WHEN inside = 'false';
        parts := parts || format('EXISTS (SELECT FROM public.%I %s WHERE %2$s.%I = %s.%I AND %s)', key.parent, alias || 'x', key.parent_col,
                                 alias, key.col, inside);
    END LOOP;
    RETURN coalesce('(' || nullif(array_to_string(parts, ' OR '), '') || ')', 'false');
END $$;

-- The condition that what the column leads to goes.
CREATE FUNCTION pg_temp.rollback_dead(relation text, col text, alias text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT format('EXISTS (SELECT FROM public.%I o WHERE o.%I = %s.%I AND %s)', k.parent, k.parent_col, alias, k.col,
                                   pg_temp.rollback_doomed(k.parent, 'o'))
                       FROM pg_temp.rollback_key k
                      WHERE k.child = relation AND k.col = rollback_dead.col AND pg_temp.rollback_doomed(k.parent, 'o') <> 'false' LIMIT 1),
                    'false')
$$;

-- The columns that stay and lose what they lead to.
CREATE FUNCTION pg_temp.rollback_cuts() RETURNS TABLE (relation text, col text, dead text) LANGUAGE sql AS $$
    SELECT t.relation, t.name, d.dead
      FROM pg_temp.rollback_target t, LATERAL (SELECT pg_temp.rollback_dead(t.relation, t.name, 't') AS dead) d
     WHERE d.dead <> 'false'
       AND NOT EXISTS (SELECT FROM pg_temp.rollback_key k WHERE k.child = t.relation AND k.col = t.name AND k.is_required)
     ORDER BY 1, 2
$$;

-- Before: what will be there; afterwards: what is. Rows and a hash of each table, in the columns that stay.
CREATE FUNCTION pg_temp.rollback_hashes(is_before boolean) RETURNS TABLE (relation text, number bigint, hash text) LANGUAGE plpgsql AS $$
DECLARE
    fields text;
BEGIN
    FOR relation IN SELECT DISTINCT t.relation FROM pg_temp.rollback_target t ORDER BY 1 LOOP
        SELECT string_agg(CASE WHEN NOT is_before THEN format('t.%I', t.name)
                               WHEN c.dead IS NOT NULL THEN format('CASE WHEN NOT %s THEN t.%I END', c.dead, t.name)
                               WHEN t.relation = 'User' AND t.name = 'password' THEN 'CASE WHEN t."deactivatedAt" IS NULL THEN t."password" END'
                               ELSE format('t.%I', t.name) END, ', ' ORDER BY t.name COLLATE "C")
          INTO fields
          FROM pg_temp.rollback_target t LEFT JOIN pg_temp.rollback_cuts() c ON c.relation = t.relation AND c.col = t.name
         WHERE t.relation = rollback_hashes.relation;
        EXECUTE format($q$SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::int8), 0) || '/' || coalesce(sum(('x' || right(h, 16))::bit(64)::int8), 0)
                            FROM (SELECT md5(ROW(%s)::text) AS h FROM public.%I t WHERE NOT %s) s$q$, fields, relation,
                       CASE WHEN is_before THEN pg_temp.rollback_doomed(relation, 't') ELSE 'false' END) INTO number, hash;
        RETURN NEXT;
    END LOOP;
END $$;

-- How many rows of each table go, and how many stay that led to something that goes.
CREATE FUNCTION pg_temp.rollback_counts() RETURNS TABLE (relation text, gone bigint, cut bigint) LANGUAGE plpgsql AS $$
DECLARE
    doomed text;
    dead text;
BEGIN
    FOR relation IN SELECT DISTINCT t.relation FROM pg_temp.rollback_target t ORDER BY 1 LOOP
        doomed := pg_temp.rollback_doomed(relation, 't');
        SELECT coalesce(string_agg(c.dead, ' OR '), 'false') INTO dead FROM pg_temp.rollback_cuts() c WHERE c.relation = rollback_counts.relation;
        CONTINUE WHEN doomed = 'false' AND dead = 'false';
        EXECUTE format('SELECT count(*) FILTER (WHERE %1$s), count(*) FILTER (WHERE NOT %1$s AND (%2$s)) FROM public.%3$I t', doomed, dead, relation)
           INTO gone, cut;
        CONTINUE WHEN gone = 0 AND cut = 0;
        RETURN NEXT;
    END LOOP;
END $$;

-- What was in the trash of the replaced service before us stays in it, unless its SKU or name was taken.
CREATE FUNCTION pg_temp.rollback_keep() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_temp.rollback_target t WHERE t.relation = 'Product' AND t.name = 'isDeleted') THEN RETURN; END IF;
    INSERT INTO pg_temp.rollback_kept
    SELECT 'Product', p."id" FROM public."Product" p LEFT JOIN public."Deletion" d ON d."id" = p."deletionId"
     WHERE p."isDeleted" AND coalesce(d."kind", 'adopted') = 'adopted'
       AND NOT EXISTS (SELECT FROM public."Product" l WHERE l."userId" = p."userId" AND NOT l."isDeleted" AND (l."sku" = p."sku" OR l."name" = p."name"));
    INSERT INTO pg_temp.rollback_kept
    SELECT 'Asset', a."id" FROM public."Asset" a LEFT JOIN public."Deletion" d ON d."id" = a."deletionId"
     WHERE a."isDeleted" AND coalesce(d."kind", 'adopted') = 'adopted'
       AND NOT EXISTS (SELECT FROM public."Asset" l WHERE l."userId" = a."userId" AND NOT l."isDeleted" AND l."name" = a."name" AND l."assetGroupId" = a."assetGroupId");
END $$;

-- Everything that goes into the archive: tables and columns that are not there any more, rows that go, and where rows that stay led.
CREATE FUNCTION pg_temp.rollback_fill() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    FOR each IN SELECT DISTINCT c.relation FROM pg_temp.rollback_column c
                 WHERE c.relation <> 'ListTotal' AND NOT EXISTS (SELECT FROM pg_temp.rollback_target t WHERE t.relation = c.relation) ORDER BY 1 LOOP
        EXECUTE format('INSERT INTO pg_temp.rollback_archive (line) SELECT jsonb_build_object(''op'', ''row'', ''table'', %1$L, ''row'', to_jsonb(t)) FROM public.%1$I t',
                       each.relation);
    END LOOP;
    FOR each IN SELECT DISTINCT t.relation, pg_temp.rollback_doomed(t.relation, 't') AS doomed FROM pg_temp.rollback_target t ORDER BY 1 LOOP
        CONTINUE WHEN each.doomed = 'false';
        EXECUTE format('INSERT INTO pg_temp.rollback_archive (line) SELECT jsonb_build_object(''op'', ''row'', ''table'', %1$L, ''row'', to_jsonb(t)) FROM public.%1$I t WHERE %2$s',
                       each.relation, each.doomed);
    END LOOP;
    FOR each IN SELECT c.relation, pg_temp.rollback_doomed(c.relation, 't') AS doomed,
                       (SELECT string_agg(format('%L, t.%I', k.name, k.name), ', ') FROM pg_temp.rollback_column k WHERE k.relation = c.relation AND k.is_key) AS key,
                       string_agg(format('%L, t.%I', c.name, c.name), ', ' ORDER BY c.place) AS fields,
                       string_agg(format('t.%I IS DISTINCT FROM (%s)', c.name, c.fallback), ' OR ') AS differs
                  FROM pg_temp.rollback_column c
                 WHERE EXISTS (SELECT FROM pg_temp.rollback_target t WHERE t.relation = c.relation)
                   AND NOT EXISTS (SELECT FROM pg_temp.rollback_target t WHERE t.relation = c.relation AND t.name = c.name)
                 GROUP BY c.relation ORDER BY 1 LOOP
        EXECUTE format('INSERT INTO pg_temp.rollback_archive (line) SELECT jsonb_build_object(''op'', ''columns'', ''table'', %1$L, ''key'', jsonb_build_object(%2$s), ''row'', jsonb_build_object(%3$s)) FROM public.%1$I t WHERE NOT %4$s AND (%5$s)',
                       each.relation, each.key, each.fields, each.doomed, each.differs);
    END LOOP;
    FOR each IN SELECT c.relation, c.col, c.dead, pg_temp.rollback_doomed(c.relation, 't') AS doomed FROM pg_temp.rollback_cuts() c LOOP
        EXECUTE format('INSERT INTO pg_temp.rollback_archive (line) SELECT jsonb_build_object(''op'', ''set'', ''table'', %1$L, ''key'', jsonb_build_object(''id'', t."id"), ''row'', jsonb_build_object(%2$L, t.%2$I)) FROM public.%1$I t WHERE NOT %3$s AND %4$s',
                       each.relation, each.col, each.doomed, each.dead);
    END LOOP;
    INSERT INTO pg_temp.rollback_archive (line)
    SELECT jsonb_build_object('op', 'set', 'table', 'User', 'key', jsonb_build_object('id', u."id"), 'row', jsonb_build_object('password', u."password"))
      FROM public."User" u WHERE u."deactivatedAt" IS NOT NULL AND u."password" IS NOT NULL;
END $$;

-- Whoever left could log in with a program that does not know of it: their passwords are in the archive only.
CREATE FUNCTION pg_temp.rollback_cut() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    FOR each IN SELECT c.relation, c.col, c.dead, pg_temp.rollback_doomed(c.relation, 't') AS doomed FROM pg_temp.rollback_cuts() c LOOP
        EXECUTE format('UPDATE public.%I t SET %I = NULL WHERE NOT %s AND %s', each.relation, each.col, each.doomed, each.dead);
    END LOOP;
    FOR each IN SELECT DISTINCT t.relation, pg_temp.rollback_doomed(t.relation, 't') AS doomed,
                       t.relation IN ('Product', 'Asset', 'AssetGroup', 'Category', 'Family', 'Attribute', 'AttributeGroup') AS is_last
                  FROM pg_temp.rollback_target t ORDER BY 3, 1 LOOP
        CONTINUE WHEN each.doomed = 'false';
        EXECUTE format('DELETE FROM public.%I t WHERE %s', each.relation, each.doomed);
    END LOOP;
    UPDATE public."User" SET "password" = NULL, "deactivatedAt" = NULL WHERE "deactivatedAt" IS NOT NULL;
END $$;

-- Nothing is to follow what is done here: no event, no removal of a file, no refusal. Afterwards they are as they were.
CREATE FUNCTION pg_temp.rollback_triggers_off() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    INSERT INTO pg_temp.rollback_trigger
    SELECT c.relname, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
     WHERE NOT g.tgisinternal AND g.tgenabled = 'O' AND g.tgparentid = 0 AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition;
    FOR each IN SELECT g.relation, g.name FROM pg_temp.rollback_trigger g LOOP
        EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER %I', each.relation, each.name);
    END LOOP;
END $$;
CREATE FUNCTION pg_temp.rollback_triggers_on() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    FOR each IN SELECT t.relation, t.name FROM pg_temp.rollback_trigger t
                  JOIN pg_class c ON c.relname = t.relation AND c.relnamespace = 'public'::regnamespace
                  JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = t.name AND g.tgenabled = 'D' LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER %I', each.relation, each.name);
    END LOOP;
END $$;
