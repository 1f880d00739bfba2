-- Conditions on values that look inside of them, and items of lists: by trigram, as names and SKUs are searched.
CREATE INDEX "idx_product_attribute_search" ON "ProductAttribute" USING gin ((lower(left("value", 256))) gin_trgm_ops);
