DROP FUNCTION attribute_group_keep(INTEGER, INTEGER[]);
