ARRAY(SELECT c."attributeId" FROM checked c WHERE NOT c.is_found ORDER BY c.place) AS "unknownAttributes",
       ARRAY(SELECT format('attributes.%s.defaultValue %s', c.place - 1, c.trouble)
               FROM checked c WHERE c.trouble IS NOT NULL ORDER BY c.place) AS "troubles"
