-- Living products of tenant $1 that differ from the file. What the file does not say stays as it is. Locked in id
-- order, so that imports and other acts on many rows queue.
/* wanted_products.part.sql */,
target AS MATERIALIZED (
    SELECT p."id" FROM live."Product" p JOIN import_row r ON r.sku = p."sku"
     WHERE p."userId" = $1::int4 ORDER BY p."id" FOR UPDATE OF p),
changed AS (
    UPDATE live."Product" p
       SET "name" = w.name, "familyId" = coalesce(w.family_id, p."familyId"),
           "categoryId" = coalesce(w.category_id, p."categoryId"),
           "productLink" = coalesce(w.product_link, p."productLink"), "imageUrl" = coalesce(w.image_url, p."imageUrl"),
           "thumbnailUrl" = coalesce(w.thumbnail_url, p."thumbnailUrl"),
           "subImages" = coalesce(w.sub_images, p."subImages"),
           "updatedAt" = now() AT TIME ZONE 'UTC', "version" = p."version" + 1
      FROM wanted w, target t
     WHERE p."id" = t."id" AND p."userId" = $1::int4 AND p."sku" = w.sku
       AND (p."name", p."familyId", p."categoryId", p."productLink", p."imageUrl", p."thumbnailUrl", p."subImages")
           IS DISTINCT FROM
           (w.name, coalesce(w.family_id, p."familyId"), coalesce(w.category_id, p."categoryId"),
            coalesce(w.product_link, p."productLink"), coalesce(w.image_url, p."imageUrl"),
            coalesce(w.thumbnail_url, p."thumbnailUrl"), coalesce(w.sub_images, p."subImages"))
    RETURNING p."id")
INSERT INTO import_changed (id) SELECT "id" FROM changed
