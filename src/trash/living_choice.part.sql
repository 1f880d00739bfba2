-- The living things of the kind $2 of tenant $1 that a bulk is about: those with an id of $3, with a name like $4 (of an asset
-- also its file's), of the type $5 (of an asset one like it), in the group $6 (of an asset); NULL: whatever it is.
SELECT t."id" FROM live."Asset" t
         WHERE $2::text = 'asset' AND t."userId" = $1::int4 AND ($3::int4[] IS NULL OR t."id" = ANY ($3::int4[]))
           AND ($4::text IS NULL OR t."name" ILIKE $4::text OR t."fileName" ILIKE $4::text)
           AND ($5::text IS NULL OR t."mimeType" ILIKE $5::text) AND ($6::int4 IS NULL OR t."assetGroupId" = $6::int4)
        UNION ALL SELECT t."id" FROM live."AssetGroup" t
         WHERE $2::text = 'assetGroup' AND t."userId" = $1::int4 AND ($3::int4[] IS NULL OR t."id" = ANY ($3::int4[]))
           AND ($4::text IS NULL OR t."groupName" ILIKE $4::text)
        UNION ALL SELECT t."id" FROM live."Category" t
         WHERE $2::text = 'category' AND t."userId" = $1::int4 AND ($3::int4[] IS NULL OR t."id" = ANY ($3::int4[]))
           AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        UNION ALL SELECT t."id" FROM live."Family" t
         WHERE $2::text = 'family' AND t."userId" = $1::int4 AND ($3::int4[] IS NULL OR t."id" = ANY ($3::int4[]))
           AND ($4::text IS NULL OR t."name" ILIKE $4::text)
        UNION ALL SELECT t."id" FROM live."Attribute" t
         WHERE $2::text = 'attribute' AND t."userId" = $1::int4 AND ($3::int4[] IS NULL OR t."id" = ANY ($3::int4[]))
           AND ($4::text IS NULL OR t."name" ILIKE $4::text) AND ($5::text IS NULL OR t."type" = $5::text)
        UNION ALL SELECT t."id" FROM live."AttributeGroup" t
         WHERE $2::text = 'attributeGroup' AND t."userId" = $1::int4 AND ($3::int4[] IS NULL OR t."id" = ANY ($3::int4[]))
           AND ($4::text IS NULL OR t."name" ILIKE $4::text)
