-- The products of a family, a category or an attribute group, whoever's and in whatever state: what statuses follow, and
-- what foreign keys look for when one of these is deleted for good. Each looked through all products of all tenants.
CREATE INDEX "idx_product_family" ON "Product" ("familyId") WHERE "familyId" IS NOT NULL;
CREATE INDEX "idx_product_category" ON "Product" ("categoryId") WHERE "categoryId" IS NOT NULL;
CREATE INDEX "idx_product_attribute_group" ON "Product" ("attributeGroupId") WHERE "attributeGroupId" IS NOT NULL;
