a."id", a."name", a."type", a."unit", a."options", a."defaultValue", a."userId", a."createdAt", a."updatedAt",
                        ARRAY(SELECT ROW(l."id", l."attributeId", l."attributeGroupId", l."required", l."defaultValue",
                                         l."createdAt", ROW(g."id", g."name", g."description"))
                                FROM "AttributeGroupAttribute" l
                                JOIN live."AttributeGroup" g ON g."id" = l."attributeGroupId" AND g."userId" = $1::int4
                               WHERE l."attributeId" = a."id" ORDER BY l."id")
