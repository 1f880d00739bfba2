"""Values of attributes: what each type takes, on every way that they are written, and what a family asks for."""

import pytest

from test_products import messages


def values_of(product: dict) -> dict:
    return {a["name"]: a["value"] for a in product["attributes"]}


# type, options, given, what is stored
GOOD = [
    ("STRING", None, " as it is ", " as it is "), ("TEXT", None, "two\nlines", "two\nlines"),
    ("INTEGER", None, " 42 ", "42"), ("INTEGER", None, "-7", "-7"), ("NUMBER", None, "12.50", "12.50"),
    ("FLOAT", None, "1e3", "1e3"), ("CURRENCY", None, "19.999", "20.00"), ("CURRENCY", None, "5", "5.00"),
    ("PERCENTAGE", None, "100", "100"), ("BOOLEAN", None, "Yes", "true"), ("BOOLEAN", None, "0", "false"),
    ("DATE", None, "2026-02-28T10:00:00Z", "2026-02-28"), ("DATETIME", None, "2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z"),
    ("TIME", None, "09:30", "09:30"), ("EMAIL", None, "a@shop.example", "a@shop.example"),
    ("URL", None, "https://shop.example/a", "https://shop.example/a"), ("PHONE", None, "+49 (30) 123-45", "+49 (30) 123-45"),
    ("COLOR", None, "#1a2b3c", "#1a2b3c"), ("HTML", None, "<b>x</b>", "<b>x</b>"), ("JSON", None, '{"a":1}', '{"a":1}'),
    ("ENUM", ["Red", "Blue"], "Red", "Red"), ("ENUM", None, "Whatever", "Whatever"),
    ("ARRAY", ["a", "b"], '["a","b"]', '["a","b"]'), ("ARRAY", ["a", "b"], "a, b", "a, b"),
]
WRONG = [
    ("INTEGER", None, "4.5"), ("INTEGER", None, "many"), ("NUMBER", None, "1,5"), ("NUMBER", None, "NaN"), ("FLOAT", None, "abc"),
    ("CURRENCY", None, "$5"), ("PERCENTAGE", None, "101"), ("PERCENTAGE", None, "-1"), ("BOOLEAN", None, "maybe"),
    ("DATE", None, "2026-02-30"), ("DATE", None, "28.02.2026"), ("DATETIME", None, "2026-02-28 25:00"), ("TIME", None, "24:00"),
    ("EMAIL", None, "nobody"), ("URL", None, "not a url"), ("PHONE", None, "call me"), ("COLOR", None, "#12"),
    ("HTML", None, "<script>x</script>"), ("JSON", None, "{"), ("ENUM", ["Red"], "red"), ("ARRAY", ["a"], "a,c"), ("ARRAY", None, "[1"),
]


def typed(tenant, type, options, name="thing"):
    attribute = tenant.attribute(name, type)
    if options:
        tenant.database.execute('UPDATE "Attribute" SET options = %s WHERE id = %s', (options, attribute))
    return attribute


def writers(tenant, attribute):
    """Every request that writes a value: as custom or family's value, of a new or an old product."""
    family = tenant.family(f"F{attribute}", optional=(attribute,))
    plain, member = tenant.create()["id"], tenant.create(familyId=family)["id"]
    parent = tenant.create()["id"]
    new = iter(range(100))

    def body(**more):
        number = next(new)
        return {"name": f"New {attribute} {number}", "sku": f"NEW-{attribute}-{number}"} | more

    return [
        lambda entry: ("POST", "/products", body(attributesWithValues=[entry])),
        lambda entry: ("POST", "/products", body(familyId=family, familyAttributesWithValues=[entry])),
        lambda entry: ("PATCH", f"/products/{plain}", {"attributesWithValues": [entry]}),
        lambda entry: ("PATCH", f"/products/{member}", {"familyAttributesWithValues": [entry]}),
        lambda entry: ("PATCH", f"/products/{plain}/attributes", {"attributes": [entry]}),
        lambda entry: ("PATCH", f"/products/{member}/attributes", {"attributes": [entry]}),
        lambda entry: ("POST", f"/products/{parent}/variants", body(attributesWithValues=[entry])),
    ]


@pytest.mark.parametrize("type,options,given,stored", GOOD, ids=lambda value: str(value)[:20])
def test_d27_each_type_stores_its_form(tenant, type, options, given, stored):
    """D-27: values are checked against the type of their attribute, and kept in one form."""
    attribute = typed(tenant, type, options)
    for write in writers(tenant, attribute):
        method, path, body = write({"attributeId": attribute, "value": given})
        answer = tenant.request(method, path, json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        assert values_of(answer.json())["thing"] == stored, path


@pytest.mark.parametrize("type,options,given", WRONG, ids=lambda value: str(value)[:20])
def test_d27_what_does_not_fit_is_refused_with_its_attribute(tenant, type, options, given):
    """D-27, D-40: and nothing of the request is done."""
    attribute = typed(tenant, type, options)
    for write in writers(tenant, attribute):
        method, path, body = write({"attributeId": attribute, "value": given})
        before = tenant.get("/products")["pagination"]["total"]
        [message] = messages(tenant.request(method, path, 400, json=body))
        assert message.startswith("thing must "), (path, message)
        assert tenant.get("/products")["pagination"]["total"] == before
        if method == "PATCH":
            product = tenant.get(path.removesuffix("/attributes"))
            assert product["version" if "version" in product else "attributes"] in ([], None) or values_of(product) == {}


def test_every_wrong_value_has_its_message(tenant):
    price, day, note = tenant.attribute("Price", "CURRENCY"), tenant.attribute("Day", "DATE"), tenant.attribute("Note")
    made = tenant.create(attributesWithValues=[{"attributeId": note, "value": "old"}])
    wrong = [{"attributeId": price, "value": "x"}, {"attributeId": day, "value": "y"}, {"attributeId": note, "value": "new"}]
    answer = tenant.request("PATCH", f"/products/{made['id']}/attributes", 400, json={"attributes": wrong})
    assert messages(answer) == ["Price must be an amount, for example 19.90",
                                "Day must be a date as YYYY-MM-DD, for example 2026-11-24"]
    assert tenant.get(f"/products/{made['id']}") == made


# --- /products/:id/attributes ------------------------------------------------------------------------------------

def test_d72_values_set_in_bulk_are_the_familys_and_are_shown_so(tenant):
    """D-72: the family shows the value, the status sees it, and so does the stored link."""
    color, weight, note = tenant.attribute("color"), tenant.attribute("weight", "NUMBER", "1.5"), tenant.attribute("note")
    family = tenant.family("Shoes", required=(color,), optional=(weight,))
    made = tenant.create(familyId=family, attributesWithValues=[{"attributeId": note, "value": "keep"}])
    assert made["completeness"] == {"required": 1, "filled": 0, "percent": 0, "missing": [{"id": color, "name": "color"}]}
    path = f"/products/{made['id']}/attributes"
    changed = tenant.request("PATCH", path, 200, json={"attributes": [
        {"attributeId": color, "value": "red"}, {"attributeId": weight, "value": "2"}]}).json()
    assert changed["status"] == "complete"
    assert changed["completeness"] == {"required": 1, "filled": 1, "percent": 100, "missing": []}
    assert changed["family"]["requiredAttributes"][0]["value"] == "red"
    assert changed["family"]["optionalAttributes"][0]["value"] == "2"
    assert values_of(changed) == {"note": "keep", "color": "red", "weight": "2"}
    assert "removedAttributesMessage" not in changed
    links = dict(tenant.database.execute('''SELECT v."attributeId", f."familyId" FROM "ProductAttribute" v
        LEFT JOIN "FamilyAttribute" f ON f.id = v."familyAttributeId" WHERE v."productId" = %s''', (made["id"],)).fetchall())
    assert links == {color: family, weight: family, note: None}
    assert tenant.get(path) == [
        {"attributeId": note, "attributeName": "note", "attributeType": "STRING", "value": "keep", "defaultValue": None},
        {"attributeId": color, "attributeName": "color", "attributeType": "STRING", "value": "red", "defaultValue": None},
        {"attributeId": weight, "attributeName": "weight", "attributeType": "NUMBER", "value": "2", "defaultValue": "1.5"}]
    emptied = tenant.request("PATCH", path, 200, json={"attributes": [{"attributeId": color, "value": ""}]}).json()
    assert emptied["status"] == "incomplete" and values_of(emptied)["color"] is None
    assert tenant.events(made["id"])[-1]["action"] == "product.update"


@pytest.mark.parametrize("body,part", [
    ({}, "attributes must be an array"), ({"attributes": {}}, "attributes must be an array"), ([], "object"),
    ({"attributes": [], "x": 1}, "property x should not exist"), ({"attributes": [{"attributeId": "a"}]}, "attributeId"),
    ({"attributes": [{"attributeId": 1, "value": 5}]}, "value must be a string"), ({"attributes": [5]}, "object"),
    ({"attributes": [{"attributeId": 999999999, "value": "x"}]}, "One or more attributes do not exist or do not belong to you"),
])
def test_wrong_bodies_of_a_bulk_set(tenant, body, part):
    made = tenant.create()
    assert any(part in m for m in messages(tenant.request("PATCH", f"/products/{made['id']}/attributes", 400, json=body)))


def test_d04_values_of_others_attributes_are_refused(tenant, other_tenant):
    """D-04: nothing of another tenant's is linked, whatever the way."""
    theirs, mine = other_tenant.attribute("theirs"), tenant.create()
    for write in writers(tenant, tenant.attribute("mine"))[2:]:
        method, path, body = write({"attributeId": theirs, "value": "x"})
        assert tenant.request(method, path, 400, json=body)
    for method in ("GET", "PATCH"):
        answer = other_tenant.request(method, f"/products/{mine['id']}/attributes", 404,
                                      json={"attributes": []} if method == "PATCH" else None)
        assert messages(answer)[0].startswith(f"Product with ID {mine['id']} not found")


# --- another family ----------------------------------------------------------------------------------------------

def test_another_family_keeps_the_values_and_says_which_do_not_fit(tenant):
    a, b, c, note = (tenant.attribute(name) for name in ("a", "b", "c", "note"))
    first, second = tenant.family("First", required=(a, b)), tenant.family("Second", required=(b, c))
    made = tenant.create(familyId=first, familyAttributesWithValues=[{"attributeId": a, "value": "1"}, {"attributeId": b, "value": "2"}],
                         attributesWithValues=[{"attributeId": c, "value": "3"}, {"attributeId": note, "value": "n"}])
    moved = tenant.update(made["id"], familyId=second)
    assert moved["attributesOutsideFamily"] == [{"id": a, "name": "a"}]
    assert values_of(moved) == {"a": "1", "b": "2", "c": "3", "note": "n"}, "nothing is lost"
    assert {v["name"]: v["value"] for v in moved["family"]["requiredAttributes"]} == {"b": "2", "c": "3"}
    assert moved["status"] == "complete" and moved["completeness"]["percent"] == 100
    assert "attributesOutsideFamily" not in tenant.update(made["id"], familyId=second)
    without = tenant.update(made["id"], familyId=None)
    assert [x["name"] for x in without["attributesOutsideFamily"]] == ["b", "c"]
    assert without["status"] == "incomplete" and len(values_of(without)) == 4
    assert tenant.update(made["id"], familyId=first)["status"] == "complete"


# --- D-54: one status --------------------------------------------------------------------------------------------

def test_d54_the_status_follows_whoever_writes(tenant):
    """D-54: one rule, kept by the database."""
    a = tenant.attribute("a")
    none, one = tenant.family("None", optional=(a,)), tenant.family("One", required=(a,))
    product = tenant.create(attributesWithValues=[{"attributeId": a, "value": "1"}])["id"]
    status = lambda: tenant.get(f"/products/{product}")["status"]
    assert status() == "incomplete"
    tenant.update(product, familyId=one)
    assert status() == "complete"
    tenant.update(product, familyId=none)
    assert status() == "incomplete", "nothing is required, so nothing says that it is done"
    tenant.request("POST", "/products/bulk/attach-to-family", 200, json={"familyId": one, "productIds": [product]})
    assert status() == "complete"
    tenant.database.execute('UPDATE "ProductAttribute" SET value = NULL WHERE "productId" = %s', (product,))
    assert status() == "incomplete"


# --- many products into a family ---------------------------------------------------------------------------------

def test_attaching_many_to_a_family(tenant, other_tenant):
    a, b = tenant.attribute("a"), tenant.attribute("b")
    family = tenant.family("F", required=(a,))
    products = [tenant.create(attributesWithValues=[{"attributeId": a, "value": "1"}, {"attributeId": b, "value": "2"}])["id"]
                for _ in range(3)]
    gone, theirs = tenant.create()["id"], other_tenant.create()["id"]
    tenant.delete(gone)
    variant = tenant.variant(products[0])["id"]
    answer = tenant.request("POST", "/products/bulk/attach-to-family", 200,
                            json={"familyId": family, "productIds": [*products, gone, theirs, 999999999, products[0]]}).json()
    assert (answer["success"], answer["attached"], answer["failed"]) == (False, 3, 3)
    assert answer["errors"] == [{"productId": p, "error": f"Product with ID {p} not found or access denied"}
                                for p in sorted([gone, theirs, 999999999])]
    for product in [*products, variant]:
        shown = tenant.get(f"/products/{product}")
        assert shown["familyId"] == family and shown["status"] == "complete"
        assert shown["family"]["requiredAttributes"][0]["value"] == "1"
    assert other_tenant.get(f"/products/{theirs}")["familyId"] is None
    [event] = [e for e in tenant.events() if e["action"] == "product.bulk_update"]
    assert event["detail"]["count"] == 3
    again = tenant.request("POST", "/products/bulk/attach-to-family", 200, json={"familyId": family, "productIds": products}).json()
    assert again == {"success": True, "attached": 3, "failed": 0, "errors": []}
    version = tenant.get(f"/products/{products[0]}")["updatedAt"]
    tenant.request("POST", "/products/bulk/attach-to-family", 200, json={"familyId": family, "productIds": products})
    assert tenant.get(f"/products/{products[0]}")["updatedAt"] == version, "what is so already is not changed"


def test_a_variant_is_not_attached_to_another_family_than_its_parents(tenant):
    parent = tenant.create(familyId=tenant.family("Parents"))["id"]
    variant = tenant.variant(parent)["id"]
    answer = tenant.request("POST", "/products/bulk/attach-to-family", 200,
                            json={"familyId": tenant.family("Other"), "productIds": [variant]}).json()
    assert (answer["attached"], answer["failed"]) == (0, 1) and "parent" in answer["errors"][0]["error"]


@pytest.mark.parametrize("body,status,part", [
    ({"productIds": [1]}, 400, "familyId"), ({"familyId": 1}, 400, "productIds"), ({"familyId": "x", "productIds": [1]}, 400, "familyId"),
    ({"familyId": 1, "productIds": []}, 400, "productIds"), ({"familyId": 1, "productIds": ["a"]}, 400, "productIds"),
    ({"familyId": 1, "productIds": [1], "x": 1}, 400, "property x"), ({"familyId": 999999999, "productIds": [1]}, 404,
     "Family with ID 999999999 not found"), ({"familyId": 1, "productIds": list(range(1, 1002))}, 400, "1000"),
])
def test_wrong_bodies_of_an_attach(tenant, body, status, part):
    assert any(part in m for m in messages(tenant.request("POST", "/products/bulk/attach-to-family", status, json=body)))


# --- assets ------------------------------------------------------------------------------------------------------

def test_d34_d17_assets_are_linked_in_order_and_once(tenant):
    """D-34: those of a create are linked; D-17: a save adds nothing to a list of images."""
    first, second, third = (tenant.asset(name) for name in ("one", "two", "three"))
    made = tenant.create(assets=[third, first, first], subImages=["/a.png"])
    assert [a["id"] for a in made["assets"]] == [third, first]
    for _ in range(3):
        made = tenant.update(made["id"], name=made["name"])
    assert made["subImages"] == ["/a.png"] and [a["id"] for a in made["assets"]] == [third, first]
    changed = tenant.update(made["id"], assets=[first, second, third])
    assert [a["id"] for a in changed["assets"]] == [first, second, third]
    assert [a["id"] for a in tenant.update(made["id"], assets=[])["assets"]] == []


def test_d13_a_write_over_an_existing_product_keeps_what_it_does_not_say(tenant):
    """D-13 (the API's side): updateExisting merges."""
    color, note = tenant.attribute("color"), tenant.attribute("note")
    tenant.create(sku="KEEP-1", subImages=["/a.png"], attributesWithValues=[
        {"attributeId": color, "value": "red"}, {"attributeId": note, "value": "n"}])
    again = tenant.create(sku="KEEP-1", name="Anew", updateExisting=True, attributesWithValues=[{"attributeId": color, "value": "blue"}])
    assert values_of(again) == {"color": "blue", "note": "n"} and again["subImages"] == ["/a.png"]
