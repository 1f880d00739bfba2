DROP INDEX "idx_product_family";
DROP INDEX "idx_product_category";
DROP INDEX "idx_product_attribute_group";
