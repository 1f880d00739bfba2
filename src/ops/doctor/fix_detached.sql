-- Living variants are on the list exactly while their parent is in the trash. As entry $1 of the journal.
WITH wrong AS (
    SELECT v."id", v."detachedBy", CASE WHEN p."isDeleted" THEN coalesce(p."deletionId", 0) END AS wanted
      FROM "Product" v JOIN "Product" p ON p."id" = v."parentProductId"
     WHERE NOT v."isDeleted" AND p."isDeleted" <> (v."detachedBy" IS NOT NULL) ORDER BY v."id" FOR UPDATE OF v),
put_right AS (UPDATE "Product" v SET "detachedBy" = w.wanted FROM wrong w WHERE w."id" = v."id")
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
SELECT $1::int8, 'update', 'Product', jsonb_build_object('id', w."id", 'detachedBy', w."detachedBy") FROM wrong w
