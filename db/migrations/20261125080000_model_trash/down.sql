DROP INDEX "idx_attribute_trash";
DROP INDEX "idx_attribute_deletion";
DROP INDEX "idx_attribute_group_trash";
DROP INDEX "idx_attribute_group_deletion";
DROP INDEX "idx_family_trash";
DROP INDEX "idx_family_deletion";
DROP INDEX "idx_category_trash";
DROP INDEX "idx_category_deletion";
