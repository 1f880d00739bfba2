ARRAY(SELECT ROW(c."id", k.above, k.level, c."name", c."description", c."userId", c."createdAt", c."updatedAt",
                        k.here, k.below)
               FROM counted k JOIN live."Category" c ON c."id" = k."id"
              WHERE $5::int4 IS NULL OR k.level < $5::int4
              ORDER BY k.level, c."name", c."id" LIMIT $6::int4) AS "nodes"
