"""The made-up catalogue: the same for the same number of products, always."""

import csv
import pathlib
import random

ATTRIBUTES, FAMILIES, CATEGORIES = 10, 5, 20
GROUP, VARIANTS = 13, 3  # of so many products in a row one has so many variants, which follow it
WORDS = "amber birch cedar delta ember frost grove heath inlet jade kelp larch moss night ocean pearl quartz reed".split()


def write(path: pathlib.Path, products: int, prefix: str = "SKU", seed: int = 1) -> None:
    """Products with ten values each, in families and categories."""
    chance = random.Random(seed)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "name", "family", "category", "parentSku", *(f"attribute {n}" for n in range(ATTRIBUTES))])
        for n in range(products):
            place = n % GROUP
            parent = f"{prefix}-{n - place:07}" if 1 <= place <= VARIANTS else ""
            writer.writerow([f"{prefix}-{n:07}", f"Product {n} {chance.choice(WORDS)} {prefix}", f"Family {n % FAMILIES}",
                             f"Shop/Category {n % CATEGORIES}", parent,
                             *(f"{chance.choice(WORDS)} {chance.randrange(1000)}" for _ in range(ATTRIBUTES))])


# More products of the tenant $TENANT like those that it has, so many that it has LIVING living ones and TRASHED in the trash.
# Each of them has the first $VALUES of the values.
GROW = """
WITH product AS (
    INSERT INTO "Product" ("name", "sku", "userId", "categoryId", "familyId", "status", "isDeleted", "deletedAt", "createdAt", "updatedAt")
    SELECT 'More ' || n, 'MORE-' || n, {tenant}, p."categoryId", p."familyId", p."status", n > {living},
           CASE WHEN n > {living} THEN now() AT TIME ZONE 'UTC' - n * interval '1 millisecond' END,
           now() AT TIME ZONE 'UTC' - interval '30 days' - n * interval '1 second', now() AT TIME ZONE 'UTC'
      FROM generate_series({first}, {last}) n
      JOIN "Product" p ON p."id" = {id} + n % 10000
    RETURNING "id")
INSERT INTO "ProductAttribute" ("productId", "attributeId", "value")
SELECT p."id", v."attributeId", v."value"
  FROM product p
  JOIN LATERAL (SELECT v."attributeId", v."value" FROM "ProductAttribute" v WHERE v."productId" = {id} + p."id" % 10000
                 ORDER BY v."attributeId" LIMIT {values}) v ON true
"""


def growth(tenant: int, first_id: int, living: int, trashed: int, values: int, step: int = 50_000) -> list[str]:
    """Statements that add so many living products and so many in the trash."""
    statements = []
    for first in range(1, living + trashed + 1, step):
        last = min(first + step - 1, living + trashed)
        statements.append(GROW.format(tenant=tenant, id=first_id, living=living, first=first, last=last, values=values))
    return statements
