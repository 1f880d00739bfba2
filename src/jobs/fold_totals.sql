-- Folds the differences that triggers append to "ListTotal" into one row for each list. Exact at any moment: what
-- it takes away and what it adds become visible together. Two of these at once take different rows.
WITH busy AS (
    SELECT "userId", "kind" FROM "ListTotal" GROUP BY 1, 2 HAVING count(*) > 1 LIMIT 1000),
gone AS (
    DELETE FROM "ListTotal" t USING busy b
     WHERE t."userId" = b."userId" AND t."kind" = b."kind"
    RETURNING t."userId", t."kind", t."rows"),
folded AS (
    INSERT INTO "ListTotal" ("userId", "kind", "rows")
    SELECT "userId", "kind", sum("rows") FROM gone GROUP BY 1, 2 HAVING sum("rows") <> 0
    RETURNING 1)
SELECT (SELECT count(*) FROM gone) AS "taken"
