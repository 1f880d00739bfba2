DROP TRIGGER "Product_parent_changed" ON "Product";
DROP TRIGGER "Product_parent_given" ON "Product";
DROP TRIGGER "ProductAttribute_own" ON "ProductAttribute";
DROP TRIGGER "ProductAttribute_inherited_on_delete" ON "ProductAttribute";
DROP TRIGGER "ProductAttribute_inherited_on_update" ON "ProductAttribute";
DROP TRIGGER "ProductAttribute_inherited_on_insert" ON "ProductAttribute";
DROP FUNCTION product_parent_changed(), product_parent_given(), product_value_is_own(), product_values_inherited(),
    product_inherit_values(INTEGER[]);
ALTER TABLE "ProductAttribute" DROP COLUMN "inherited";
