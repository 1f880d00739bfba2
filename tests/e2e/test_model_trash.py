"""The trash of what a catalogue is modelled with: attributes, their groups, families, categories and trees of them. Whatever
is deleted, in whichever order, and brought back is exactly what it was, with every link.

Names with a number are the acceptance tests of the same number: failure modes that users of other systems reported.
"""

import random

import pytest

from rows import fingerprint

PATHS = {"attribute": "/attributes", "group": "/attribute-groups", "family": "/families", "category": "/categories"}


@pytest.fixture
def model(tenant):
    """Something of every kind, all of it linked with each other, and products that have values and places in it."""
    attributes = [tenant.attribute(f"attribute {n}", "NUMBER" if n == 3 else "STRING", "7" if n == 3 else None) for n in range(4)]
    groups = [tenant.attribute_group("Group 0", tuple(attributes)), tenant.attribute_group("Group 1", tuple(attributes[:2]))]
    families = [tenant.family("Family 0", (attributes[0], attributes[3]), (attributes[1],)), tenant.family("Family 1", (attributes[1],), ())]
    categories = [tenant.category("Root")]
    for n, parent in enumerate((0, 0, 1, 3)):
        categories.append(tenant.category(f"Below {n}", categories[parent]))
    for n in range(8):
        product = tenant.create(
            name=f"Product {n} of the model", sku=f"MODEL-{n}", familyId=families[n % 2], attributeGroupId=groups[n % 2],
            categoryId=categories[n % 5], attributesWithValues=[{"attributeId": attributes[2], "value": f"free {n}"}],
            familyAttributesWithValues=[{"attributeId": a, "value": str(n)} for a in ((attributes[0], attributes[3]) if n % 2 == 0 else (attributes[1],))])
        tenant.database.execute('INSERT INTO "ProductCategory"("productId", "categoryId", position) VALUES (%s, %s, 2)',
                                (product["id"], categories[(n + 2) % 5]))
        if n == 7:
            tenant.delete(product["id"])  # the trash of products is part of what must stay as it is
    tenant.things = {"attribute": attributes, "group": groups, "family": families, "category": categories}
    return tenant


def shown(tenant) -> list[bytes]:
    """What a client is shown of all of it."""
    paths = ["/products?limit=100", "/products/deleted", *(f"{path}?limit=100" for path in PATHS.values()), "/categories/tree",
             *(f"{PATHS[kind]}/{number}" for kind, numbers in tenant.things.items() for number in numbers)]
    return [tenant.request("GET", path).content for path in paths]


def delete(tenant, kind: str, number: int) -> bool:
    return tenant.request("DELETE", f"{PATHS[kind]}/{number}", params={"subtree": "true"} if kind == "category" else None).status_code == 200


def restore(tenant, kind: str, number: int) -> bool:
    return tenant.request("POST", f"{PATHS[kind]}/{number}/restore").status_code == 200


@pytest.mark.parametrize("kind,which", [("attribute", 0), ("attribute", 2), ("attribute", 3), ("group", 0), ("family", 0), ("family", 1),
                                        ("category", 0), ("category", 2), ("category", 3)])
def test_acceptance_5_and_7_there_and_back_again_nothing_is_different(model, database, kind, which):
    number = model.things[kind][which]
    before, seen = fingerprint(database, model.id), shown(model)
    for _ in range(3):
        assert delete(model, kind, number)
        hidden = fingerprint(database, model.id)
        changed = {table for table in before if before[table] != hidden[table]}
        own = {"attribute": "Attribute", "group": "AttributeGroup", "family": "Family", "category": "Category"}[kind]
        assert own in changed and changed <= {own, "Product"}, "a delete cut a link"
        assert shown(model) != seen
        assert restore(model, kind, number)
        assert fingerprint(database, model.id) == before and shown(model) == seen


@pytest.mark.parametrize("seed", range(4))
def test_acceptance_5_in_whichever_order(model, database, seed):
    """A walk of deletes and restores at random; in the end all are brought back, and all is as it was."""
    chance = random.Random(seed)
    before, seen = fingerprint(database, model.id), shown(model)
    everything = [(kind, number) for kind, numbers in model.things.items() for number in numbers]
    for kind, number in chance.choices(everything, k=30):
        chance.choice((delete, restore))(model, kind, number)
    left = [(kind, number) for kind, path in PATHS.items() for number in model.ids(f"{path}/deleted")]
    chance.shuffle(left)
    for kind, number in left:
        restore(model, kind, number)
    assert all(model.ids(f"{path}/deleted") == [] for path in PATHS.values())
    assert fingerprint(database, model.id) == before and shown(model) == seen
