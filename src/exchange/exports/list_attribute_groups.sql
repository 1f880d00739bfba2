-- The attribute groups of tenant $1.
SELECT g."id", g."name", g."description" FROM live."AttributeGroup" g WHERE g."userId" = $1::int4
