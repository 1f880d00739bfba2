-- What lies behind the first 256 characters of a value is found too: the trigrams have the beginning, these are the rest.
CREATE INDEX "idx_product_attribute_long" ON "ProductAttribute" ("attributeId") WHERE length("value") > 256;
