attribute AS MATERIALIZED (
    SELECT a."id", a."type", a."options" FROM live."Attribute" a
     WHERE a."userId" = $1::int4 AND a."id" = ANY ($4::int4[]) ORDER BY a."id" FOR SHARE),
given AS MATERIALIZED (
    SELECT t.place::int4 AS place, t."attributeId", t."attributeId" = ANY ($5::int4[]) AS is_required,
           nullif(v.canonical, '') AS "value", v.trouble
      FROM unnest($4::int4[], $6::text[]) WITH ORDINALITY AS t ("attributeId", "text", place)
      JOIN attribute a ON a."id" = t."attributeId"
     CROSS JOIN LATERAL attribute_value(a."type", a."options", t."text") v),
checked AS MATERIALIZED (
    SELECT ARRAY(SELECT DISTINCT t.i FROM unnest($4::int4[]) AS t (i)
                  WHERE t.i NOT IN (SELECT a."id" FROM attribute a) ORDER BY 1) AS "unknownAttributes",
           ARRAY(SELECT g.place FROM given g WHERE g.trouble IS NOT NULL ORDER BY g.place) AS "wrongPlaces",
           ARRAY(SELECT g.trouble FROM given g WHERE g.trouble IS NOT NULL ORDER BY g.place) AS "troubles")
