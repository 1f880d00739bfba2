"""Variants: made, generated from axes, attached, taken off; what they inherit, and that they have one level whatever races."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from test_product_values import values_of
from test_products import messages

ONE_LEVEL = "Cannot add variants to a variant product. Variants cannot have their own variants."
NO_PARENT = "Parent product not found or does not belong to you"
NOT_OF_PARENT = "Variant not found or does not belong to the specified parent product"


def entry(attribute, value):
    return {"attributeId": attribute, "value": value}


def inherited(product: dict) -> set:
    return {a["name"] for a in product["attributes"] if a.get("inherited")}


@pytest.fixture
def shoe(tenant):
    """A parent with a family, a category and values."""
    tenant.color, tenant.size, tenant.note = tenant.attribute("Color"), tenant.attribute("Size"), tenant.attribute("Note")
    tenant.shoes, tenant.boots = tenant.family("Shoes", required=(tenant.color,), optional=(tenant.size,)), tenant.category("Boots")
    tenant.parent = tenant.create(name="Boot", sku="BOOT", familyId=tenant.shoes, categoryId=tenant.boots,
                                  familyAttributesWithValues=[entry(tenant.color, "Black")],
                                  attributesWithValues=[entry(tenant.note, "warm")])["id"]
    return tenant


def new_variant(tenant, expect=201, parent=None, **fields):
    number = next(_numbers)
    body = {"name": f"Variant {number}", "sku": f"VAR-{number:04}"} | fields
    return tenant.request("POST", f"/products/{parent or tenant.parent}/variants", expect, json=body).json()


_numbers = iter(range(1, 10_000))


# --- made below a parent -----------------------------------------------------------------------------------------

def test_d34_what_is_sent_with_a_new_variant_is_applied(shoe):
    """D-34: values, category, link, images: applied; what is not sent comes from the parent."""
    other, group, picture = shoe.category("Other"), shoe.attribute_group("G"), shoe.asset("p")
    made = new_variant(shoe, sku="BOOT-42", categoryId=other, attributeGroupId=group, assets=[picture], imageUrl="/v.png",
                       familyAttributesWithValues=[entry(shoe.size, "42")])
    assert (made["parentProductId"], made["familyId"], made["categoryId"]) == (shoe.parent, shoe.shoes, other)
    assert made["attributeGroupId"] == group and [a["id"] for a in made["assets"]] == [picture]
    assert values_of(made) == {"Color": "Black", "Size": "42", "Note": "warm"} and inherited(made) == {"Color", "Note"}
    assert made["status"] == "complete", "what it inherits counts"
    assert new_variant(shoe)["categoryId"] == shoe.boots
    assert [e["action"] for e in shoe.events(made["id"])] == ["product.create"]


def test_d34_what_can_not_be_applied_is_refused(shoe):
    family = shoe.family("Another")
    assert messages(shoe.request("POST", f"/products/{shoe.parent}/variants", 400, json={
        "name": "x", "sku": "XXXX", "familyId": family})) == ["A variant has the family of its parent: leave familyId out"]
    for field in ({"parentSku": "BOOT"}, {"updateExisting": True}, {"parentProductId": 1}, {"colour": "x"}):
        assert any("should not exist" in m for m in messages(shoe.request(
            "POST", f"/products/{shoe.parent}/variants", 400, json={"name": "x", "sku": "XXXX"} | field)))
    assert new_variant(shoe, familyId=shoe.shoes)["familyId"] == shoe.shoes


def test_d32_conflicts_of_variants_are_409(shoe):
    """D-32."""
    new_variant(shoe, sku="TAKEN-1", name="Taken")
    assert messages(shoe.request("POST", f"/products/{shoe.parent}/variants", 409, json={"name": "New", "sku": "TAKEN-1"})) \
        == ['A product with SKU "TAKEN-1" already exists']
    assert shoe.request("POST", f"/products/{shoe.parent}/variants", 409, json={"name": "Taken", "sku": "NEW-1"})
    assert shoe.request("PATCH", f"/products/{shoe.parent}", 409, json={"sku": "TAKEN-1"})


def test_parents_that_can_not_be(shoe, other_tenant):
    variant, theirs = new_variant(shoe)["id"], other_tenant.create()["id"]
    body = {"name": "x", "sku": "XXXX"}
    axes = {"axes": [{"attributeId": shoe.size, "values": ["1"]}]}
    for path, json in (("variants", body), ("variants/generate", axes), ("variants/attach", {"ids": [shoe.create()["id"]]})):
        assert messages(shoe.request("POST", f"/products/{variant}/{path}", 400, json=json)) == [ONE_LEVEL]
        for parent in (theirs, 999999999):
            assert messages(shoe.request("POST", f"/products/{parent}/{path}", 400, json=json)) == [NO_PARENT]


# --- inheritance -------------------------------------------------------------------------------------------------

def test_what_a_variant_does_not_set_follows_its_parent(shoe):
    variant = new_variant(shoe, attributesWithValues=[entry(shoe.note, "cold")])["id"]
    own = new_variant(shoe, familyAttributesWithValues=[entry(shoe.color, "Black")])["id"]
    before = shoe.request("GET", f"/products/{variant}").headers["etag"]
    shoe.update(shoe.parent, familyAttributesWithValues=[entry(shoe.color, "Red"), entry(shoe.size, "40")])
    after = shoe.request("GET", f"/products/{variant}")
    assert values_of(after.json()) == {"Color": "Red", "Note": "cold", "Size": "40"} and after.headers["etag"] != before
    assert inherited(after.json()) == {"Color", "Size"}
    assert [v.get("inherited") for v in after.json()["family"]["requiredAttributes"]] == [True]
    assert values_of(shoe.get(f"/products/{own}"))["Color"] == "Black", "what was set to the same is its own"

    # Set, cleared, and taken off the parent.
    path = f"/products/{variant}/attributes"
    assert inherited(shoe.request("PATCH", path, 200, json={"attributes": [entry(shoe.color, "Blue")]}).json()) == {"Size"}
    shoe.update(shoe.parent, familyAttributesWithValues=[entry(shoe.color, "Green")])
    assert values_of(shoe.get(f"/products/{variant}"))["Color"] == "Blue"
    cleared = shoe.request("PATCH", path, 200, json={"attributes": [entry(shoe.color, "")]}).json()
    assert values_of(cleared)["Color"] == "Green" and inherited(cleared) == {"Color", "Size"}
    assert cleared["status"] == "complete"
    shoe.update(shoe.parent, familyAttributesWithValues=[])
    assert values_of(shoe.get(f"/products/{variant}")) == {"Note": "cold"}
    assert shoe.get(f"/products/{variant}")["status"] == "incomplete"
    assert shoe.get(path)[0]["attributeName"] == "Note" and "inherited" not in shoe.get(path)[0]


def test_what_is_inherited_is_found_by_filters(shoe):
    variant = new_variant(shoe)["id"]
    other = new_variant(shoe, familyAttributesWithValues=[entry(shoe.color, "Red")])["id"]
    found = lambda color: {p["id"] for p in shoe.get(f"/products/family/{shoe.shoes}")["data"]
                           if values_of(p)["Color"] == color}
    assert found("Black") == {shoe.parent, variant} and found("Red") == {other}
    shown = {v["id"]: v.get("attributes") for v in shoe.get(f"/products/{shoe.parent}")["variants"]}
    assert shown[variant] is None and [a["value"] for a in shown[other]] == ["Red"], "those that differ"


def test_the_parents_family_is_that_of_its_variants(shoe):
    variant = new_variant(shoe)["id"]
    other = shoe.family("Other", required=(shoe.note,))
    shoe.update(shoe.parent, familyId=other)
    shown = shoe.get(f"/products/{variant}")
    assert shown["familyId"] == other and shown["status"] == "complete"
    links = shoe.database.execute('''SELECT a.name FROM "ProductAttribute" v JOIN "FamilyAttribute" f ON f.id = v."familyAttributeId"
        JOIN "Attribute" a ON a.id = v."attributeId" WHERE v."productId" = %s AND f."familyId" = %s''', (variant, other)).fetchall()
    assert links == [("Note",)], "D-72: the stored link is that of the family that it has"


def test_a_variant_whose_parent_is_purged_keeps_what_it_inherited(shoe):
    variant = new_variant(shoe)["id"]
    shoe.delete(shoe.parent)
    assert values_of(shoe.get(f"/products/{variant}")) == {"Color": "Black", "Note": "warm"}
    shoe.purge(shoe.parent)
    shown = shoe.get(f"/products/{variant}")
    assert values_of(shown) == {"Color": "Black", "Note": "warm"} and inherited(shown) == set()


# --- attach and detach -------------------------------------------------------------------------------------------

def test_d15_a_variant_that_is_removed_stands_alone(shoe):
    """D-15: nothing is deleted, and it keeps what it shows."""
    variant = new_variant(shoe, name="Left boot")
    answer = shoe.request("DELETE", f"/products/{shoe.parent}/variants/{variant['id']}", 200).json()
    assert answer == {"message": "Successfully removed variant product Left boot"}
    shown = shoe.get(f"/products/{variant['id']}")
    assert shown["parentProductId"] is None and values_of(shown) == values_of(variant) and inherited(shown) == set()
    assert shoe.get(f"/products/{shoe.parent}")["totalVariants"] == 0
    shoe.update(shoe.parent, familyAttributesWithValues=[entry(shoe.color, "Red")])
    assert values_of(shoe.get(f"/products/{variant['id']}"))["Color"] == "Black"
    assert shoe.events(variant["id"])[-1]["action"] == "product.unlink" and shoe.deletions() == []
    for parent, child in ((shoe.parent, variant["id"]), (shoe.parent, 999999999), (999999999, variant["id"]), (shoe.parent, 2**40)):
        assert messages(shoe.request("DELETE", f"/products/{parent}/variants/{child}", 400)) == [NOT_OF_PARENT]
    assert shoe.request("DELETE", f"/products/{shoe.parent}/variants/x", 400)


def test_attaching_many(shoe, other_tenant):
    plain = shoe.create(attributesWithValues=[entry(shoe.note, "own")], familyId=shoe.family("F"))["id"]
    moved = shoe.variant(shoe.create()["id"])["id"]
    with_variants = shoe.create()["id"]
    shoe.variant(with_variants)
    theirs = other_tenant.create()["id"]
    path = f"/products/{shoe.parent}/variants/attach"
    answer = shoe.request("POST", path, 200, json={"ids": [plain, moved, with_variants, theirs, shoe.parent, plain]}).json()
    assert (answer["success"], answer["attached"], answer["failed"]) == (False, 2, 3)
    assert {e["productId"] for e in answer["errors"]} == {with_variants, theirs, shoe.parent}
    shown = shoe.get(f"/products/{plain}")
    assert shown["parentProductId"] == shoe.parent and shown["familyId"] == shoe.shoes
    assert values_of(shown) == {"Note": "own", "Color": "Black"} and inherited(shown) == {"Color"}
    assert {v["id"] for v in shoe.get(f"/products/{shoe.parent}")["variants"]} == {plain, moved}
    assert shoe.request("POST", path, 200, json={"ids": [plain]}).json() == {"success": True, "attached": 1, "failed": 0, "errors": []}
    [event] = [e for e in shoe.events() if e["action"] == "product.bulk_update"]
    assert event["detail"]["count"] == 2 and event["detail"]["ids"] == sorted([plain, moved])
    for body in ({}, {"ids": []}, {"ids": ["x"]}, {"ids": [1], "x": 1}):
        assert shoe.request("POST", path, 400, json=body)


def race(service, tenant, calls):
    """All calls at once, each on a connection of its own; the statuses."""
    start = threading.Barrier(len(calls))

    def run(call):
        with service.client(tenant.token) as client:
            start.wait()
            return client.request(call[0], call[1], json=call[2]).status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_d16_no_race_makes_a_second_level_or_a_cycle(service, tenant):
    """D-16: 64 clients attach 8 products to each other in every way that there is."""
    products = [tenant.create()["id"] for _ in range(8)]
    pairs = [(a, b) for a in products for b in products][:64]
    calls = [("PATCH", f"/products/{a}", {"parentProductId": b}) if n % 2 else
             ("POST", f"/products/{b}/variants/attach", {"ids": [a]}) for n, (a, b) in enumerate(pairs)]
    statuses = race(service, tenant, calls)
    assert set(statuses) <= {200, 400, 409}, statuses
    bad = tenant.database.execute('''SELECT c.id FROM "Product" c JOIN "Product" p ON p.id = c."parentProductId"
        WHERE c."userId" = %s AND (p."parentProductId" IS NOT NULL OR p.id = c.id)''', (tenant.id,)).fetchall()
    assert bad == []
    assert tenant.get("/products")["pagination"]["total"] == len(tenant.ids()), "totals are right"


def test_64_clients_that_set_values_of_a_parent_and_its_variants(service, shoe):
    """What is inherited is the parent's in the end, whoever came in between."""
    variants = [new_variant(shoe)["id"] for _ in range(3)]
    calls = [("PATCH", f"/products/{shoe.parent}/attributes", {"attributes": [entry(shoe.color, f"C{n}")]}) if n % 2 else
             ("PATCH", f"/products/{variants[n % 3]}", {"attributesWithValues": [entry(shoe.note, f"N{n}")]}) for n in range(48)]
    calls += [("POST", f"/products/{shoe.parent}/variants", {"name": f"Late {n}", "sku": f"LATE-{n:02}"}) for n in range(16)]
    assert set(race(service, shoe, calls)) <= {200, 201, 409, 503}
    parent = values_of(shoe.get(f"/products/{shoe.parent}"))
    children = shoe.get(f"/products/{shoe.parent}/variants", limit=100)["data"]
    assert len(children) > 3
    for child in children:
        assert values_of(shoe.get(f"/products/{child['id']}"))["Color"] == parent["Color"]


# --- from axes ---------------------------------------------------------------------------------------------------

def generate(tenant, axes, expect=201, parent=None):
    return tenant.request("POST", f"/products/{parent or tenant.parent}/variants/generate", expect, json={"axes": axes})


def test_variants_from_axes(shoe):
    axes = [{"attributeId": shoe.color, "values": ["Red", "Dark blue"]}, {"attributeId": shoe.size, "values": ["41", "42", "43"]}]
    answer = generate(shoe, axes).json()
    assert (answer["created"], answer["skipped"], answer["message"]) == (6, 0, "Created 6 variant(s)")
    assert [v["sku"] for v in answer["variants"]] == ["BOOT-RED-41", "BOOT-RED-42", "BOOT-RED-43", "BOOT-DARK-BLUE-41",
                                                      "BOOT-DARK-BLUE-42", "BOOT-DARK-BLUE-43"]
    assert answer["variants"][3]["name"] == "Boot Dark blue 41"
    shown = shoe.get(f"/products/{answer['variants'][3]['id']}")
    assert values_of(shown) == {"Color": "Dark blue", "Size": "41", "Note": "warm"} and inherited(shown) == {"Note"}
    assert (shown["familyId"], shown["categoryId"], shown["status"]) == (shoe.shoes, shoe.boots, "complete")
    assert [e["action"] for e in shoe.events(shown["id"])] == ["product.create_in_bulk"]

    # The same again, and one value more: what is there is left alone, whatever its SKU is.
    assert generate(shoe, axes).json() | {"message": ""} == {"message": "", "created": 0, "skipped": 6, "variants": []}
    shoe.update(shown["id"], sku="RENAMED")
    axes[1]["values"].append("44")
    more = generate(shoe, axes).json()
    assert (more["created"], more["skipped"]) == (2, 6)
    assert [v["sku"] for v in more["variants"]] == ["BOOT-RED-44", "BOOT-DARK-BLUE-44"]


def test_two_ways_to_write_a_value_are_one(tenant):
    parent, price = tenant.create(sku="ONCE")["id"], tenant.attribute("Price", "CURRENCY")
    answer = generate(tenant, [{"attributeId": price, "values": ["5", "5.00", "6"]}], parent=parent).json()
    assert [v["sku"] for v in answer["variants"]] == ["ONCE-5.00", "ONCE-6.00"]


@pytest.mark.parametrize("axes,part", [
    (None, "axes"), ([], "axes"), ({}, "axes"), ([5], "axes.0"), ([{}], "attributeId"), ([{"attributeId": 1, "values": []}], "values"),
    ([{"attributeId": 1, "values": [""]}], "values"), ([{"attributeId": 1, "values": [5]}], "values"),
    ([{"attributeId": 1, "values": ["a"], "x": 1}], "property x"),
    ([{"attributeId": 1, "values": ["a"]}, {"attributeId": 1, "values": ["b"]}], "twice"),
    ([{"attributeId": 1, "values": [str(n) for n in range(101)]}], "100 combinations"),
    ([{"attributeId": n, "values": ["a"]} for n in range(1, 7)], "5"),
    ([{"attributeId": 999999999, "values": ["a"]}], "One or more attributes do not exist or do not belong to you"),
])
def test_axes_that_can_not_be(shoe, axes, part):
    assert any(part in m for m in messages(generate(shoe, axes, 400)))
    assert shoe.get(f"/products/{shoe.parent}")["totalVariants"] == 0


def test_values_of_axes_are_checked_and_nothing_is_half_made(tenant, other_tenant):
    parent, number = tenant.create(sku="HALF")["id"], tenant.attribute("Number", "INTEGER")
    assert messages(generate(tenant, [{"attributeId": number, "values": ["1", "x"]}], 400, parent)) == [
        "Number must be an integer number, for example 42"]
    note = tenant.attribute("Note")
    assert any("too long" in m for m in messages(generate(tenant, [{"attributeId": note, "values": ["a", "b" * 40]}], 400, parent)))
    tenant.create(sku="HALF-TAKEN")
    generate(tenant, [{"attributeId": note, "values": ["free", "taken"]}], 409, parent)
    assert tenant.get(f"/products/{parent}")["totalVariants"] == 0
    theirs = other_tenant.attribute("theirs")
    generate(tenant, [{"attributeId": theirs, "values": ["a"]}], 400, parent)


def test_64_clients_that_generate_the_same_make_it_once(service, shoe):
    body = {"axes": [{"attributeId": shoe.size, "values": [str(n) for n in range(10)]}]}
    statuses = race(service, shoe, [("POST", f"/products/{shoe.parent}/variants/generate", body)] * 64)
    assert set(statuses) <= {201, 409, 503} and 201 in statuses, statuses
    assert shoe.get(f"/products/{shoe.parent}")["totalVariants"] == 10


# --- listed ------------------------------------------------------------------------------------------------------

def test_the_list_of_variants(shoe):
    for size, name in (("3", "Charlie"), ("1", "alpha"), ("2", "Bravo")):
        new_variant(shoe, sku=f"SKU-{size}", name=name, imageUrl="/i.png" if size == "1" else None)
    path = f"/products/{shoe.parent}/variants"
    page = shoe.get(path)
    assert [v["name"] for v in page["data"]] == sorted(["Charlie", "alpha", "Bravo"])
    assert page["data"][0].keys() >= {"id", "name", "sku", "status", "parentProductId", "createdAt", "updatedAt"}
    assert page["pagination"]["total"] == 3
    skus = lambda **params: [v["sku"] for v in shoe.get(path, **params)["data"]]
    assert skus(sortBy="sku") == ["SKU-1", "SKU-2", "SKU-3"] and skus(sortBy="sku", sortOrder="desc") == ["SKU-3", "SKU-2", "SKU-1"]
    assert skus(search="ALPH") == ["SKU-1"] and skus(status="incomplete") == [] and len(skus(status="complete")) == 3
    assert skus(sortBy="sku", limit=2, page=2) == ["SKU-3"]


@pytest.mark.parametrize("query,message", [
    ("page=0", "Page must be at least 1"), ("limit=101", "Limit cannot exceed 100"), ("limit=0", "Limit must be at least 1"),
    ("page=x", "page must be an integer number"), ("colour=red", "property colour should not exist"),
])
def test_wrong_queries_of_the_list(shoe, query, message):
    assert message in messages(shoe.request("GET", f"/products/{shoe.parent}/variants?{query}", 400))
    for wrong in ("sortBy=price", "sortOrder=up", "status=done"):
        assert messages(shoe.request("GET", f"/products/{shoe.parent}/variants?{wrong}", 400))
    assert messages(shoe.request("GET", "/products/999999999/variants", 400)) == [NO_PARENT]


# --- deleted together or apart -----------------------------------------------------------------------------------

def test_d14_variants_of_a_parent_in_the_trash_are_listed_or_go_along(shoe):
    """D-14."""
    variant = new_variant(shoe)["id"]
    shoe.delete(shoe.parent)
    assert shoe.ids() == [variant]
    shoe.restore(shoe.parent)
    assert shoe.ids() == [shoe.parent] and shoe.get(f"/products/{variant}")["parentProductId"] == shoe.parent
    shoe.delete(shoe.parent, softDeleteVariants="true")
    assert shoe.ids() == []
    shoe.restore(shoe.parent)
    assert inherited(shoe.get(f"/products/{variant}")) == {"Color", "Note"}
