-- For each foreign key of the model that this database has the columns for: where it starts, and whether it may be NULL;
-- the queries that count the rows which it leads nowhere from, show the first, and set them right in entry $1 of the journal.
SELECT r.relation, r.name, r.target, NOT a.attnotnull AS is_nullable,
       format('SELECT count(*) FROM public.%1$I c WHERE c.%2$I IS NOT NULL AND NOT EXISTS (SELECT FROM public.%3$I p WHERE p."id" = c.%2$I)',
              r.relation, r.name, r.target) AS count_query,
       format('SELECT format(%4$L, c."id", c.%2$I) FROM public.%1$I c WHERE c.%2$I IS NOT NULL AND NOT EXISTS (SELECT FROM public.%3$I p '
              'WHERE p."id" = c.%2$I) ORDER BY c."id" LIMIT 20',
              r.relation, r.name, r.target, format('%s %%s: its %s %%s is gone', r.relation, r.target)) AS list_query,
       CASE WHEN r.target = 'User' THEN
           format('WITH owner AS (INSERT INTO public."User" ("id", "email", "fullname", "provider") SELECT DISTINCT c.%2$I, '
                  '''quarantine-'' || c.%2$I || ''@pixelpim.invalid'', ''Quarantine of account '' || c.%2$I, ''quarantine'' '
                  'FROM public.%1$I c WHERE c.%2$I IS NOT NULL AND NOT EXISTS (SELECT FROM public."User" p WHERE p."id" = c.%2$I) RETURNING "id") '
                  'INSERT INTO public."_pixelpim_changes" ("journalId", "operation", "relation", "before") '
                  'SELECT $1::int8, ''insert'', ''User'', jsonb_build_object(''id'', o."id") FROM owner o', r.relation, r.name)
       WHEN NOT a.attnotnull THEN
           format('WITH lost AS (SELECT c."id", c.%2$I AS target FROM public.%1$I c WHERE c.%2$I IS NOT NULL AND NOT EXISTS (SELECT FROM '
                  'public.%3$I p WHERE p."id" = c.%2$I) ORDER BY c."id" FOR UPDATE), freed AS (UPDATE public.%1$I c SET %2$I = NULL FROM '
                  'lost l WHERE l."id" = c."id") INSERT INTO public."_pixelpim_changes" ("journalId", "operation", "relation", "before") '
                  'SELECT $1::int8, ''update'', %4$L, jsonb_build_object(''id'', l."id", %5$L, l.target) FROM lost l',
                  r.relation, r.name, r.target, r.relation, r.name)
       ELSE
           format('WITH lost AS (DELETE FROM public.%1$I c WHERE NOT EXISTS (SELECT FROM public.%3$I p WHERE p."id" = c.%2$I) '
                  'RETURNING to_jsonb(c) AS before) INSERT INTO public."_pixelpim_changes" ("journalId", "operation", "relation", "before") '
                  'SELECT $1::int8, ''delete'', %4$L, l.before FROM lost l', r.relation, r.name, r.target, r.relation)
       END AS fix_query
  FROM (VALUES
    ('User', 'ownerId', 'User'), ('UserPermission', 'userId', 'User'),
    ('Attribute', 'userId', 'User'), ('AttributeGroup', 'userId', 'User'),
    ('Family', 'userId', 'User'), ('Category', 'userId', 'User'),
    ('Product', 'userId', 'User'), ('AssetGroup', 'userId', 'User'),
    ('Asset', 'userId', 'User'), ('Notification', 'userId', 'User'),
    ('ScheduledImport', 'userId', 'User'), ('ImportExecutionLog', 'userId', 'User'),
    ('Webhook', 'userId', 'User'), ('ShareLink', 'userId', 'User'),
    ('IntegrationLog', 'userId', 'User'), ('UserIntegrationCredentials', 'userId', 'User'),
    ('WooCommerceConnection', 'userId', 'User'), ('MyDealConnection', 'userId', 'User'),
    ('MyDealWorkItem', 'userId', 'User'), ('AttributeGroupAttribute', 'attributeGroupId', 'AttributeGroup'),
    ('AttributeGroupAttribute', 'attributeId', 'Attribute'), ('FamilyAttribute', 'attributeId', 'Attribute'),
    ('FamilyAttribute', 'familyId', 'Family'), ('Category', 'parentCategoryId', 'Category'),
    ('Product', 'attributeGroupId', 'AttributeGroup'), ('Product', 'categoryId', 'Category'),
    ('Product', 'familyId', 'Family'), ('Product', 'parentProductId', 'Product'),
    ('ProductAttribute', 'attributeId', 'Attribute'), ('ProductAttribute', 'familyAttributeId', 'FamilyAttribute'),
    ('ProductAttribute', 'productId', 'Product'), ('AssetGroup', 'parentGroupId', 'AssetGroup'),
    ('Asset', 'assetGroupId', 'AssetGroup'), ('ProductAsset', 'assetId', 'Asset'),
    ('ProductAsset', 'productId', 'Product'), ('ImportExecutionLog', 'scheduledImportId', 'ScheduledImport'),
    ('WebhookDelivery', 'webhookId', 'Webhook'), ('SharedAsset', 'shareLinkId', 'ShareLink'),
    ('SharedAssetGroup', 'shareLinkId', 'ShareLink'), ('WooCommerceExportMapping', 'connectionId', 'WooCommerceConnection'),
    ('WooCommerceImportMapping', 'connectionId', 'WooCommerceConnection'), ('WooCommerceProductSync', 'connectionId', 'WooCommerceConnection'),
    ('MyDealExportMapping', 'connectionId', 'MyDealConnection'), ('MyDealImportMapping', 'connectionId', 'MyDealConnection'),
    ('MyDealWorkItem', 'connectionId', 'MyDealConnection'))
       AS r (relation, name, target)
  JOIN pg_attribute a ON a.attrelid = to_regclass(format('public.%I', r.relation)) AND a.attname = r.name AND NOT a.attisdropped
 WHERE to_regclass(format('public.%I', r.target)) IS NOT NULL
