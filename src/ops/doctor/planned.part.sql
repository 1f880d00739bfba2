-- What entry $1 of the journal says is to go to the trash; a category or group with all that lives below it.
chosen AS MATERIALIZED (
    SELECT c."relation" AS kind, (c."before" ->> 'id')::int4 AS "id"
      FROM "_pixelpim_changes" c WHERE c."journalId" = $1::int8 AND c."operation" = 'trash'),
below AS (
    SELECT h.kind, h."id" FROM chosen h
    UNION
    SELECT b.kind, n."id" FROM below b, LATERAL (
        SELECT t."id" FROM "Category" t WHERE b.kind = 'category' AND t."parentCategoryId" = b."id" AND NOT t."isDeleted"
        UNION ALL
        SELECT t."id" FROM "AssetGroup" t WHERE b.kind = 'assetGroup' AND t."parentGroupId" = b."id" AND NOT t."isDeleted") n)
