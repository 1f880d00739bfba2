DROP TRIGGER "Category_members_lost" ON "Category";
DROP TRIGGER "Asset_members_lost" ON "Asset";
DROP TRIGGER "Attribute_members_lost" ON "Attribute";
DROP FUNCTION trash_members_lost();
