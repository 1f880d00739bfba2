-- Images that the file names by a file of tenant $1, as TEXT[name of the file, without its ending], become the paths of those
-- files. One that no file has the name of falls out, and is told.
WITH named AS MATERIALIZED (
    SELECT r.entry, r.line, i.place, i.position, i.said, (regexp_match(i.said, '^[^][/:]+\[([^][]+)\]$'))[1] AS name
      FROM import_row r
     CROSS JOIN LATERAL (SELECT 'imageUrl' AS place, 0::bigint AS position, r.image_url AS said
                          UNION ALL SELECT 'subImages', u.position, u.said
                                      FROM unnest(r.sub_images) WITH ORDINALITY AS u (said, position)) i
     WHERE i.said ~ '^[^][/:]+\[([^][]+)\]$'),
found AS MATERIALIZED (
    SELECT n.entry, n.line, n.place, n.position, n.said, n.name, a."id", a."filePath" AS path
      FROM named n
      LEFT JOIN LATERAL (
          SELECT a."id", a."filePath" FROM live."Asset" a
           WHERE a."userId" = $1::int4
             AND lower(a."name") = ANY (ARRAY(SELECT lower(n.name) || e.ending
                                                FROM unnest('{"",.jpg,.jpeg,.png,.gif,.webp,.bmp,.svg}'::text[]) AS e (ending)))
           ORDER BY a."name" LIKE n.name || '%' DESC, a."id" LIMIT 1) a ON true),
linked AS (
    INSERT INTO import_image (entry, place, position, asset_id)
    SELECT f.entry, f.place, f.position, f."id" FROM found f WHERE f."id" IS NOT NULL),
told AS (
    INSERT INTO import_reject (line, entry, reason, is_row)
    SELECT f.line, f.entry, format('%s: "%s" is left out: no file is named "%s"', f.place, f.said, f.name), false
      FROM found f WHERE f."id" IS NULL ORDER BY f.line, f.place, f.position)
UPDATE import_row r
   SET image_url = CASE WHEN m.entry IS NULL THEN r.image_url ELSE m.path END,
       sub_images = CASE WHEN r.sub_images IS NOT NULL THEN ARRAY(
           SELECT coalesce(f.path, u.said)
             FROM unnest(r.sub_images) WITH ORDINALITY AS u (said, position)
             LEFT JOIN found f ON f.entry = r.entry AND f.place = 'subImages' AND f.position = u.position
            WHERE f.entry IS NULL OR f."id" IS NOT NULL ORDER BY u.position) END
  FROM (SELECT DISTINCT f.entry FROM found f) t
  LEFT JOIN found m ON m.entry = t.entry AND m.place = 'imageUrl'
 WHERE r.entry = t.entry
