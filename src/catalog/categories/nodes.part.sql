ARRAY(SELECT ROW(c."id", n.above, n.level, c."name", c."description", c."userId", c."createdAt", c."updatedAt",
                        coalesce(k.here, 0), coalesce(k.below, 0))
               FROM node n
               JOIN live."Category" c ON c."id" = n."id"
               LEFT JOIN counted k ON k."id" = n."id"
              WHERE $5::int4 IS NULL OR n.level < $5::int4
              ORDER BY n.level, c."name", c."id" LIMIT $6::int4) AS "nodes"
