-- Undoes the migration. Units, options, who acted in a notification, and the progress of imports go with their columns.

DROP TABLE "ImportRun";

DROP TRIGGER "AuditEvent_notifies" ON "AuditEvent";
DROP FUNCTION audit_notifies();
DROP INDEX "Notification_userId_id_idx";
ALTER TABLE "Notification" DROP COLUMN "actorId";

DROP TRIGGER "Category_updated" ON "Category";
DROP FUNCTION category_updated();

DROP TRIGGER "Family_trash" ON "Family";
DROP FUNCTION family_trash_changed();
DROP TRIGGER "Attribute_trash" ON "Attribute";
DROP FUNCTION attribute_trash_changed();
CREATE OR REPLACE FUNCTION product_refresh_status(products INTEGER[]) RETURNS void LANGUAGE sql AS $$
    UPDATE "Product" p SET "status" = s."status"
      FROM (SELECT t."id",
                   CASE WHEN count(f."id") > 0 AND bool_and(coalesce(v."value", '') <> '')
                        THEN 'complete' ELSE 'incomplete' END AS "status"
              FROM "Product" t
              LEFT JOIN ("FamilyAttribute" f JOIN live."Attribute" a ON a."id" = f."attributeId")
                     ON f."familyId" = t."familyId" AND f."isRequired"
              LEFT JOIN "ProductAttribute" v ON v."productId" = t."id" AND v."attributeId" = f."attributeId"
             WHERE t."id" = ANY (products)
             GROUP BY t."id") s
     WHERE p."id" = s."id" AND p."status" <> s."status" AND p."status" IN ('complete', 'incomplete')
$$;

CREATE INDEX "idx_product_attribute_attribute" ON "ProductAttribute" ("attributeId");
DROP INDEX "idx_product_attribute_number";
DROP INDEX "idx_product_attribute_text";
DROP FUNCTION attribute_value(TEXT, TEXT[], TEXT);
DROP FUNCTION attribute_items(TEXT);
DROP FUNCTION attribute_json(TEXT);
DROP FUNCTION attribute_day(TEXT);
DROP FUNCTION attribute_number(TEXT);

DROP VIEW live."Attribute";
ALTER TABLE "Attribute" DROP COLUMN "options", DROP COLUMN "unit";
CREATE VIEW live."Attribute" AS
    SELECT "id", "name", "type", "defaultValue", "userId", "createdAt", "updatedAt"
      FROM public."Attribute" WHERE NOT "isDeleted";
