DROP FUNCTION attribute_convert(INTEGER, TEXT, TEXT[]);
DROP FUNCTION attribute_misfits(INTEGER, TEXT, TEXT[], BOOLEAN);
DROP FUNCTION attribute_conversion(TEXT, TEXT[], TEXT);
DROP INDEX "idx_attribute_group_attribute_group";
