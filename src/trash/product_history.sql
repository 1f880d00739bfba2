-- What happened to the product $2 of tenant $1, the last first: $3 events after the one with the id $4 (NULL: from the start). Those of its
-- parent count that took it along. No row: nothing is known of it.
SELECT e."id", e."at" AT TIME ZONE 'UTC' AS "at", e."action", e."actorId", u."fullname" AS "actorName", u."email" AS "actorEmail",
       e."deletionId", e."requestId", e."detail"::text AS "detail"
  FROM (SELECT e."id", e."at", e."action", e."actorId", e."deletionId", e."requestId", e."detail" FROM "AuditEvent" e
         WHERE e."userId" = $1::int4 AND e."entity" = 'product' AND e."entityId" = $2::int4
        UNION ALL
        SELECT e."id", e."at", e."action", e."actorId", e."deletionId", e."requestId", e."detail"
          FROM "Product" p JOIN "AuditEvent" e ON e."userId" = p."userId" AND e."entity" = 'product' AND e."entityId" = p."parentProductId"
         WHERE p."userId" = $1::int4 AND p."id" = $2::int4 AND e."detail" -> 'variants' @> to_jsonb($2::int4)) e
  LEFT JOIN "User" u ON u."id" = e."actorId"
 WHERE $4::int8 IS NULL OR e."id" < $4::int8
 ORDER BY e."id" DESC LIMIT $3::int4
