-- The alerts that are open, and the last $1 of those that are over.
SELECT a."id", a."name", a."summary", a."remedy", a."value", a."threshold", a."firedAt" AT TIME ZONE 'UTC' AS "firedAt",
       a."resolvedAt" AT TIME ZONE 'UTC' AS "resolvedAt"
  FROM "Alert" a ORDER BY a."resolvedAt" IS NOT NULL, a."id" DESC LIMIT $1::int4
