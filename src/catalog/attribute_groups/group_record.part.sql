g."id", g."name", g."description", g."userId", g."createdAt", g."updatedAt",
       ARRAY(SELECT /* member_record.part.sql */
               FROM "AttributeGroupAttribute" l JOIN live."Attribute" a ON a."id" = l."attributeId"
              WHERE l."attributeGroupId" = g."id" ORDER BY l."id")
