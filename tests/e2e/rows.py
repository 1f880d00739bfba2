"""What can be proven about a tenant's rows: that all of them, with every link between them, are as they were."""

import psycopg

# Each table of the catalogue, and which of its rows are the tenant's.
OWN = {table: '"userId" = %(tenant)s' for table in
       ("Product", "Category", "Family", "Attribute", "AttributeGroup", "Asset", "AssetGroup")}
HANGING = {"ProductAttribute": ("productId", "Product"), "ProductAsset": ("productId", "Product"),
           "ProductCategory": ("productId", "Product"), "FamilyAttribute": ("familyId", "Family"),
           "AttributeGroupAttribute": ("attributeGroupId", "AttributeGroup")}
CATALOGUE = OWN | {table: f'"{column}" IN (SELECT id FROM "{of}" WHERE "userId" = %(tenant)s)'
                   for table, (column, of) in HANGING.items()}


def fingerprint(database: psycopg.Connection, tenant: int) -> dict[str, str]:
    """A hash over every column of every row that a tenant has in its catalogue, trash and links too, by table."""
    return {table: database.execute(f'''SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))
                                        FROM "{table}" t WHERE {condition}''', {"tenant": tenant}).fetchone()[0]
            for table, condition in CATALOGUE.items()}


def row(database: psycopg.Connection, table: str, number: int) -> dict | None:
    with database.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(f'SELECT * FROM "{table}" WHERE id = %s', (number,)).fetchone()
