-- Living products of tenant $1 that differ from the file, with the fields that do. What the file does not say stays as it
-- is, or with $2 goes, but for the family, the group and the name. Locked in id order, so that imports and other acts on many
-- rows queue.
/* wanted_products.part.sql */,
target AS MATERIALIZED (
    SELECT p."id", p."sku", p."name", p."familyId", p."attributeGroupId", p."categoryId", p."productLink", p."imageUrl",
           p."thumbnailUrl", p."subImages", p."thumbnailSubImages"
      FROM live."Product" p JOIN import_row r ON r.sku = p."sku"
     WHERE p."userId" = $1::int4 ORDER BY p."id" FOR UPDATE OF p),
next AS MATERIALIZED (
    SELECT t."id", coalesce(w.name, t."name") AS name, coalesce(w.family_id, t."familyId") AS family_id,
           coalesce(w.attribute_group_id, t."attributeGroupId") AS attribute_group_id,
           coalesce(w.category_id, CASE WHEN NOT $2::bool THEN t."categoryId" END) AS category_id,
           coalesce(w.product_link, CASE WHEN NOT $2::bool THEN t."productLink" END) AS product_link,
           coalesce(w.image_url, CASE WHEN NOT $2::bool THEN t."imageUrl" END) AS image_url,
           coalesce(w.thumbnail_url, CASE WHEN NOT $2::bool THEN t."thumbnailUrl" END) AS thumbnail_url,
           coalesce(w.sub_images, CASE WHEN $2::bool THEN '{}' ELSE t."subImages" END) AS sub_images,
           coalesce(w.thumbnail_sub_images, CASE WHEN $2::bool THEN '{}' ELSE t."thumbnailSubImages" END) AS thumbnail_sub_images
      FROM target t JOIN wanted w ON w.sku = t."sku"),
differing AS MATERIALIZED (
    SELECT n."id", d.field
      FROM next n JOIN target t ON t."id" = n."id"
     CROSS JOIN LATERAL (VALUES ('name', n.name IS DISTINCT FROM t."name"), ('family', n.family_id IS DISTINCT FROM t."familyId"),
           ('attributeGroup', n.attribute_group_id IS DISTINCT FROM t."attributeGroupId"),
           ('category', n.category_id IS DISTINCT FROM t."categoryId"),
           ('productLink', n.product_link IS DISTINCT FROM t."productLink"),
           ('imageUrl', n.image_url IS DISTINCT FROM t."imageUrl"),
           ('thumbnailUrl', n.thumbnail_url IS DISTINCT FROM t."thumbnailUrl"),
           ('subImages', n.sub_images IS DISTINCT FROM t."subImages"),
           ('thumbnailSubImages', n.thumbnail_sub_images IS DISTINCT FROM t."thumbnailSubImages")) d (field, differs)
     WHERE d.differs),
changed AS (
    UPDATE live."Product" p
       SET "name" = n.name, "familyId" = n.family_id, "attributeGroupId" = n.attribute_group_id, "categoryId" = n.category_id,
           "productLink" = n.product_link, "imageUrl" = n.image_url, "thumbnailUrl" = n.thumbnail_url, "subImages" = n.sub_images,
           "thumbnailSubImages" = n.thumbnail_sub_images, "updatedAt" = now() AT TIME ZONE 'UTC', "version" = p."version" + 1
      FROM next n
     WHERE p."id" = n."id" AND p."userId" = $1::int4 AND n."id" IN (SELECT d."id" FROM differing d)
    RETURNING p."id")
INSERT INTO import_changed (id, field) SELECT d."id", d.field FROM differing d JOIN changed c ON c."id" = d."id"
