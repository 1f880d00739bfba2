-- What the planner knows of the tables that an import fills.
ANALYZE "Product", "ProductAttribute", "ProductCategory", "Category", "Attribute", "Family"
