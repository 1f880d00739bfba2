CREATE OR REPLACE FUNCTION audit_notifies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "Notification" ("userId", "actorId", "entityType", "entityId", "action", "entityName", "message",
                                "metadata", "createdAt")
    SELECT e."userId", e."actorId", e."entity", e."entityId", v.action,
           CASE WHEN v.is_bulk THEN k.many ELSE e."detail" ->> 'name' END,
           CASE WHEN v.is_bulk
                THEN format('%s %s were %s', coalesce(e."detail" ->> 'count', 'Multiple'), lower(k.many), v.done)
                ELSE format('%s "%s" was %s', k.one, e."detail" ->> 'name', v.done)
                     || coalesce(' ' || (e."detail" ->> 'with'), '') END,
           coalesce(e."detail", '{}') - 'name', e."at" AT TIME ZONE 'UTC'
      FROM added e
      JOIN (VALUES ('product', 'Product', 'Products'), ('attribute', 'Attribute', 'Attributes'),
                   ('attributeGroup', 'Attribute group', 'Attribute groups'), ('category', 'Category', 'Categories'),
                   ('family', 'Family', 'Families'), ('asset', 'Asset', 'Assets'),
                   ('assetGroup', 'Asset group', 'Asset groups')) k (entity, one, many) ON k.entity = e."entity"
      JOIN (VALUES ('create', 'created', 'created', false), ('update', 'updated', 'updated', false),
                   ('delete', 'deleted', 'deleted', false), ('restore', 'restored', 'restored', false),
                   ('purge', 'purged', 'permanently deleted', false), ('link', 'linked', 'linked', false),
                   ('unlink', 'unlinked', 'unlinked', false), ('bulk_create', 'bulk_created', 'created', true),
                   ('bulk_update', 'bulk_updated', 'updated', true),
                   ('bulk_delete', 'bulk_deleted', 'deleted', true), ('bulk_restore', 'bulk_restored', 'restored', true),
                   ('bulk_purge', 'bulk_purged', 'permanently deleted', true),
                   ('import', 'bulk_created', 'imported', true)) v (verb, action, done, is_bulk)
        ON e."action" = e."entity" || '.' || v.verb
     ORDER BY e."id";
    RETURN NULL;
END $$;
