-- Products of the file that tenant $1 has no living one of. One in the trash with the same SKU stays there.
/* wanted_products.part.sql */,
made AS (
    INSERT INTO live."Product" ("name", "sku", "productLink", "imageUrl", "thumbnailUrl", "subImages", "thumbnailSubImages",
                                "categoryId", "familyId", "attributeGroupId", "userId", "status", "createdAt", "updatedAt")
    SELECT w.name, w.sku, w.product_link, w.image_url, w.thumbnail_url, coalesce(w.sub_images, '{}'),
           coalesce(w.thumbnail_sub_images, '{}'), w.category_id, w.family_id, w.attribute_group_id, $1::int4, 'incomplete',
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM wanted w
     WHERE NOT EXISTS (SELECT FROM live."Product" p WHERE p."userId" = $1::int4 AND p."sku" = w.sku)
     ORDER BY w.entry
    RETURNING "id")
INSERT INTO import_made (id) SELECT "id" FROM made
