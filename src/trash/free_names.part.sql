-- What each of to_rename would be called: those that need the same name are given the free ones in their order, which are looked
-- for once for all of them. (Grouped, and not joined: see restore_items.sql.)
free_name AS (
    SELECT g.kind, g.field, g.place, g.value, f.nth, f.name
      FROM (SELECT t.kind, t.field, t.place, t.value, max(t.nth_free)::int4 AS wanted FROM to_rename t GROUP BY t.kind, t.field, t.place, t.value) g,
           LATERAL trash_free_names(CASE g.field WHEN 'sku' THEN 'sku' ELSE g.kind END, $1::int4, g.place, g.value,
                                    CASE WHEN g.field = 'sku' THEN 40 WHEN g.kind = 'asset' THEN 255 ELSE 100 END, g.wanted)
                   WITH ORDINALITY f (name, nth)),
new_name AS MATERIALIZED (
    SELECT r.kind, max(r."id") AS "id", r.field, max(r.name) AS name
      FROM (SELECT t.kind, t."id", t.field, t.place, t.value, t.nth_free::int8 AS nth, NULL::text AS name FROM to_rename t
            UNION ALL
            SELECT f.kind, NULL::int4, f.field, f.place, f.value, f.nth, f.name FROM free_name f) r
     GROUP BY r.kind, r.field, r.place, r.value, r.nth HAVING max(r."id") IS NOT NULL),
