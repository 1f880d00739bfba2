-- Who has most products, and who has most assets; NULL where there is none.
SELECT (SELECT t."userId" FROM "ListTotal" t WHERE t."kind" = 'product' GROUP BY t."userId" ORDER BY sum(t."rows") DESC LIMIT 1),
       (SELECT a."userId" FROM "Asset" a GROUP BY a."userId" ORDER BY count(*) DESC LIMIT 1)
