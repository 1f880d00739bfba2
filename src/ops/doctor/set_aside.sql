-- Gives what is planned for the trash another name, in the transaction that makes the trash: behind a sign that no name has, its
-- id. Each row gets its own back as it goes there.
WITH planned AS (
    SELECT c."relation" AS kind, (c."before" ->> 'id')::int4 AS "id"
      FROM "_pixelpim_changes" c JOIN "_pixelpim_journal" j ON j."id" = c."journalId"
     WHERE j."state" = 'planned' AND c."operation" = 'trash'),
product AS (
    UPDATE "Product" t SET "name" = t."name" || E'\x1f' || t."id", "sku" = t."sku" || E'\x1f' || t."id"
      FROM planned n WHERE n.kind = 'product' AND n."id" = t."id" RETURNING t."id"),
category AS (
    UPDATE "Category" t SET "name" = t."name" || E'\x1f' || t."id"
      FROM planned n WHERE n.kind = 'category' AND n."id" = t."id" RETURNING t."id"),
asset_group AS (
    UPDATE "AssetGroup" t SET "groupName" = t."groupName" || E'\x1f' || t."id"
      FROM planned n WHERE n.kind = 'assetGroup' AND n."id" = t."id" RETURNING t."id")
UPDATE "Asset" t SET "name" = t."name" || E'\x1f' || t."id"
  FROM planned n WHERE n.kind = 'asset' AND n."id" = t."id"
