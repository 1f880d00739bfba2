-- Values follow a product to its new family once: "Product_parent_changed" sees to it.
DROP TRIGGER "Product_family_changed" ON "Product";
DROP FUNCTION product_family_changed();
