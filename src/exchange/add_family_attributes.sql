-- The attributes of the families that were made for tenant $1: those that the file says, else those that products of the
-- family have in the file, as optional ones: what is required is for people to say. Families that were there stay as they are.
INSERT INTO "FamilyAttribute" ("familyId", "attributeId", "isRequired")
SELECT s.family_id, s.attribute_id, bool_or(s.is_required)
  FROM (SELECT m.id AS family_id, n.attribute_id, f.is_required, f.position
          FROM import_made_model m
          JOIN import_family f ON f.family = m.name
          JOIN import_name n ON n.name = f.name AND n.attribute_id IS NOT NULL
         WHERE m.kind = 'family'
        UNION ALL
        SELECT m.id, n.attribute_id, false, 0
          FROM import_made_model m
          JOIN import_row r ON r.family = m.name
          JOIN import_value v ON v.entry = r.entry
          JOIN import_name n ON n.name = v.name AND n.attribute_id IS NOT NULL
         WHERE m.kind = 'family' AND NOT EXISTS (SELECT FROM import_family f WHERE f.family = m.name)) s
  JOIN live."Attribute" a ON a."id" = s.attribute_id AND a."userId" = $1::int4
 GROUP BY s.family_id, s.attribute_id
 ORDER BY s.family_id, min(s.position), s.attribute_id
ON CONFLICT ("familyId", "attributeId") DO NOTHING
