DROP INDEX "idx_product_attribute_long";
