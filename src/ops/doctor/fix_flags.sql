-- What is in the trash without a time is there since now; what lives has no time of deletion. As entry $1 of the journal.
WITH product AS (
    SELECT 'Product' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "Product" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
asset AS (
    SELECT 'Asset' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "Asset" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
asset_group AS (
    SELECT 'AssetGroup' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "AssetGroup" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
category AS (
    SELECT 'Category' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "Category" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
family AS (
    SELECT 'Family' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "Family" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
attribute AS (
    SELECT 'Attribute' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "Attribute" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
attribute_group AS (
    SELECT 'AttributeGroup' AS relation, t."id", t."isDeleted", t."deletedAt" FROM "AttributeGroup" t
     WHERE t."isDeleted" <> (t."deletedAt" IS NOT NULL) ORDER BY t."id" FOR UPDATE),
p AS (UPDATE "Product" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM product s WHERE s."id" = t."id"),
a AS (UPDATE "Asset" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM asset s WHERE s."id" = t."id"),
ag AS (UPDATE "AssetGroup" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM asset_group s WHERE s."id" = t."id"),
c AS (UPDATE "Category" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM category s WHERE s."id" = t."id"),
f AS (UPDATE "Family" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM family s WHERE s."id" = t."id"),
b AS (UPDATE "Attribute" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM attribute s WHERE s."id" = t."id"),
bg AS (UPDATE "AttributeGroup" t SET "deletedAt" = CASE WHEN t."isDeleted" THEN now() AT TIME ZONE 'UTC' END FROM attribute_group s WHERE s."id" = t."id")
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
SELECT $1::int8, 'update', s.relation, jsonb_build_object('id', s."id", 'deletedAt', s."deletedAt")
  FROM (SELECT relation, "id", "deletedAt" FROM product UNION ALL SELECT relation, "id", "deletedAt" FROM asset
        UNION ALL SELECT relation, "id", "deletedAt" FROM asset_group UNION ALL SELECT relation, "id", "deletedAt" FROM category
        UNION ALL SELECT relation, "id", "deletedAt" FROM family UNION ALL SELECT relation, "id", "deletedAt" FROM attribute
        UNION ALL SELECT relation, "id", "deletedAt" FROM attribute_group) s
