-- The next assets after id $1 whose files were not taken in yet.
SELECT a."id", a."filePath", a."size", a."userId"
  FROM "Asset" a WHERE a."contentHash" IS NULL AND a."id" > $1::int4 ORDER BY a."id" LIMIT 500
