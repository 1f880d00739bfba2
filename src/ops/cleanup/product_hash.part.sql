-- What trash_content_hash gives for the product i: a call of it for each of a million rows takes twice as long.
encode(sha256(convert_to((SELECT to_jsonb(p) FROM "Product" p WHERE p."id" = i."id")::text
    || (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v."id"), '[]') FROM "ProductAttribute" v WHERE v."productId" = i."id")::text
    || (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l."id"), '[]') FROM "ProductAsset" l WHERE l."productId" = i."id")::text
    || (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c."position", c."categoryId"), '[]') FROM "ProductCategory" c
         WHERE c."productId" = i."id")::text, 'UTF8')), 'hex')
