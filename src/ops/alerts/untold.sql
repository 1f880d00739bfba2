-- What the webhook has not taken yet: that an alert fired, or that it is over.
SELECT a."id", a."name", a."summary", a."remedy", a."value", a."threshold", a."firedAt" AT TIME ZONE 'UTC' AS "firedAt",
       CASE WHEN a."toldAt" IS NOT NULL THEN a."resolvedAt" AT TIME ZONE 'UTC' END AS "resolvedAt"
  FROM "Alert" a
 WHERE a."firedAt" > now() - interval '1 day' AND (a."toldAt" IS NULL OR a."resolvedAt" IS NOT NULL AND a."toldResolvedAt" IS NULL)
 ORDER BY a."id" LIMIT 10
