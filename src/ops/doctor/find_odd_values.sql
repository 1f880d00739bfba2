-- What the replaced service could write and its readers did not expect; all of it is kept: how many, and the first $1.
SELECT count(*) OVER () AS total, t.what
  FROM (SELECT format('product %s has the status %s', p."id", p."status") AS what FROM "Product" p WHERE p."status" NOT IN ('complete', 'incomplete')
        UNION ALL
        SELECT format('attribute %s has the type %s', a."id", a."type") FROM "Attribute" a WHERE a."type" = 'DECIMAL'
        UNION ALL
        SELECT format('product %s has an image twice', p."id") FROM "Product" p
         WHERE cardinality(p."subImages") > 1 AND cardinality(p."subImages") <> (SELECT count(DISTINCT i) FROM unnest(p."subImages") i)
        UNION ALL
        SELECT format('scheduled import %s is "processing" since %s', s."id", coalesce(s."lastRun"::text, 'nobody knows when')) FROM "ScheduledImport" s WHERE s."status" = 'processing') t
 ORDER BY t.what LIMIT $1::int4
