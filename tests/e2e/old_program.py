"""What the service that PixelPim replaces sends to its database, in the form that its tool writes: every name with its schema before it,
every column by name, values as parameters, enumerations with a cast, and RETURNING."""

import datetime

import psycopg

NOW = datetime.datetime(2026, 11, 28, 20, 0)


class OldProgram:
    """As user `owner`, on the schema that its DATABASE_URL names (?schema=…, which is its search path, too)."""

    def __init__(self, url: str, owner: int, schema: str = "public"):
        self.schema, self.owner = schema, owner
        self.connection = psycopg.connect(url, autocommit=True, options=f"-c search_path={schema} -c TimeZone=UTC")

    def __enter__(self) -> "OldProgram":
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, statement: str, *values) -> list[tuple]:
        """`{Product}` is the table's name, `{Product.id}` a column's."""
        for name in ("Product", "Asset", "Category", "ProductAttribute", "ProductAsset", "User", "UserPermission", "Attribute"):
            for column in ("id", "name", "sku", "status", "userId", "categoryId", "parentProductId", "isDeleted", "deletedAt", "createdAt", "updatedAt",
                           "productId", "attributeId", "assetId", "value", "role", "email", "resource", "action", "granted", "filePath", "subImages",
                           "parentCategoryId", "type", "fileName", "mimeType", "size"):
                statement = statement.replace(f"{{{name}.{column}}}", f'"{self.schema}"."{name}"."{column}"')
            statement = statement.replace(f"{{{name}}}", f'"{self.schema}"."{name}"')
        assert "{" not in statement, statement
        cursor = self.connection.execute(statement.replace("ENUM", f'"{self.schema}"."Role"'), values)
        return cursor.fetchall() if cursor.description else []

    # --- as its services ask ------------------------------------------------------------------------------

    def products(self) -> list[tuple]:
        """findMany with where, orderBy, take and skip."""
        return self.send('SELECT {Product.id}, {Product.name}, {Product.sku}, {Product.status}, {Product.categoryId}, {Product.subImages} FROM {Product} '
                         'WHERE ({Product.userId} = %s AND {Product.isDeleted} = %s AND {Product.parentProductId} IS NULL) '
                         'ORDER BY {Product.createdAt} DESC LIMIT %s OFFSET %s', self.owner, False, 100, 0)

    def count(self) -> int:
        return self.send('SELECT COUNT(*) FROM (SELECT {Product.id} FROM {Product} WHERE {Product.userId} = %s OFFSET %s) AS "sub"', self.owner, 0)[0][0]

    def categories_with_counts(self) -> list[tuple]:
        """include: { _count } is a join that knows nothing of the trash (defect D-12)."""
        return self.send('SELECT {Category.id}, {Category.name}, COALESCE("aggr_selection_0_Product"."_aggr_count_products", 0) AS "_aggr_count_products" '
                         'FROM {Category} LEFT JOIN (SELECT {Product.categoryId}, COUNT(*) AS "_aggr_count_products" FROM {Product} WHERE 1=1 '
                         'GROUP BY {Product.categoryId}) AS "aggr_selection_0_Product" ON ({Category.id} = "aggr_selection_0_Product"."categoryId") '
                         'WHERE {Category.userId} = %s ORDER BY {Category.name} ASC', self.owner)

    def create(self, sku: str) -> int:
        return self.send('INSERT INTO {Product} ("name", "sku", "status", "subImages", "userId", "createdAt", "updatedAt") VALUES (%s, %s, %s, %s, %s, %s, %s) '
                         'RETURNING {Product.id}, {Product.name}, {Product.isDeleted}', "Old " + sku, sku, "incomplete", [], self.owner, NOW, NOW)[0][0]

    def work(self, sku: str = "OLD-1") -> int:
        """What it does in a day; the id of the product that is left."""
        before = self.count()
        product = self.create(sku)
        assert (product, f"Old {sku}", sku, "incomplete", None, []) in self.products() and self.count() == before + 1
        assert self.send('UPDATE {Product} SET "name" = %s, "updatedAt" = %s WHERE ({Product.id} = %s AND 1=1) RETURNING {Product.id}, {Product.name}',
                         "Renamed " + sku, NOW, product) == [(product, "Renamed " + sku)]
        attribute = self.send('INSERT INTO {Attribute} ("name", "type", "userId", "createdAt", "updatedAt") VALUES (%s, %s, %s, %s, %s) RETURNING {Attribute.id}',
                              "Width " + sku, "STRING", self.owner, NOW, NOW)[0][0]
        # createMany with skipDuplicates, twice
        for _ in range(2):
            self.send('INSERT INTO {ProductAttribute} ("productId", "attributeId", "value") VALUES (%s, %s, %s) ON CONFLICT DO NOTHING', product, attribute, "7")
        assert self.send('SELECT {ProductAttribute.value} FROM {ProductAttribute} WHERE {ProductAttribute.productId} IN (%s) OFFSET %s', product, 0) == [("7",)]
        # an upsert of a table without a trash
        for granted in (True, False):
            assert self.send('INSERT INTO {UserPermission} ("userId", "resource", "action", "granted", "createdAt", "updatedAt") VALUES (%s, %s, %s, %s, %s, %s) '
                             'ON CONFLICT ("userId", "resource", "action") DO UPDATE SET "granted" = %s WHERE ({UserPermission.userId} = %s AND 1=1) '
                             'RETURNING {UserPermission.granted}', self.owner, "products", "old", granted, NOW, NOW, granted, self.owner) == [(granted,)]
        assert self.send('SELECT {User.id}, {User.role}::text FROM {User} WHERE ({User.id} = %s AND {User.role} = CAST(%s::text AS ENUM))',
                         self.owner, "OWNER") == [(self.owner, "OWNER")]
        asset = self.send('INSERT INTO {Asset} ("name", "fileName", "filePath", "mimeType", "size", "userId", "createdAt", "updatedAt") '
                          'VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {Asset.id}', "A picture", "o.png", "/uploads/o.png", "image/png", 3, self.owner, NOW, NOW)[0][0]
        self.send('INSERT INTO {ProductAsset} ("productId", "assetId") VALUES (%s, %s) RETURNING {ProductAsset.id}', product, asset)
        # in a transaction: a product made and deleted for good, its links by cascade
        with self.connection.transaction():
            other = self.create(sku + "-GONE")
            assert self.send('DELETE FROM {Product} WHERE ({Product.id} = %s AND 1=1) RETURNING {Product.id}', other) == [(other,)]
        assert self.send('SELECT {Product.id} FROM {Product} WHERE {Product.id} = %s LIMIT %s OFFSET %s', other, 1, 0) == []
        return product

    def delete_softly(self, product: int):
        """Its own soft delete: an update."""
        self.send('UPDATE {Product} SET "isDeleted" = %s, "deletedAt" = %s, "updatedAt" = %s WHERE ({Product.id} = %s AND 1=1) RETURNING {Product.id}',
                  True, NOW, NOW, product)
