"""Lists of products narrowed and sorted by the values of attributes, as docs/guide/products.md has it."""

import pytest

from test_products import messages


def skus(api, path="/products", **params):
    return [p["sku"] for p in api.get(path, **({"limit": 100} | params))["data"]]


@pytest.fixture
def shop(tenant):
    """Six chairs with values of every kind; the last has none."""
    a = {name: tenant.attribute(name, type) for name, type in (
        ("Color", "ENUM"), ("Price", "CURRENCY"), ("Weight", "NUMBER"), ("Tags", "ARRAY"), ("Launched", "DATE"),
        ("Seen", "DATETIME"), ("Active", "BOOLEAN"), ("Note", "STRING"))}
    rows = {
        "CH-1": {"Color": "Black", "Price": "9.50", "Weight": "10", "Tags": '["new","sale"]', "Launched": "2026-01-31",
                 "Seen": "2026-03-01T10:00:00Z", "Active": "true", "Note": "Solid oak, 100% wood"},
        "CH-2": {"Color": "black", "Price": "20.00", "Weight": "9", "Tags": '["eco"]', "Launched": "2025-12-01",
                 "Seen": "2026-03-01T23:59:59Z", "Active": "false", "Note": "oak_veneer"},
        "CH-3": {"Color": "White", "Price": "40", "Weight": "100", "Tags": '["new"]', "Launched": "2026-02-01", "Note": "100 pieces"},
        "CH-4": {"Color": "Blackish", "Price": "100", "Weight": "9.5", "Tags": '["renewed"]', "Launched": "2024-02-29"},
        "CH-5": {"Color": "Red", "Price": "5", "Note": ""},
        "CH-6": {},
    }
    for sku, values in rows.items():
        tenant.create(sku=sku, name=f"Chair {sku}",
                      attributesWithValues=[{"attributeId": a[name], "value": value} for name, value in values.items()])
    tenant.a = a
    return tenant


@pytest.mark.parametrize("query,expected", [
    ({"attr[Color]": "Black"}, {"CH-1", "CH-2"}),
    ({"attr[Color]": "BLACK"}, {"CH-1", "CH-2"}),
    ({"attr[Color][eq]": "white"}, {"CH-3"}),
    ({"attr[Color][contains]": "lack"}, {"CH-1", "CH-2", "CH-4"}),
    ({"attr[Color][contains]": "ED"}, {"CH-5"}),
    ({"attr[Price]": "20"}, {"CH-2"}),                       # numbers as numbers: 20 is 20.00
    ({"attr[Price]": "4e1"}, {"CH-3"}),
    ({"attr[Price][gte]": "20", "attr[Price][lte]": "40"}, {"CH-2", "CH-3"}),
    ({"attr[Price][min]": "20", "attr[Price][max]": "40"}, {"CH-2", "CH-3"}),
    ({"attr[Price][gt]": "20", "attr[Price][lt]": "100"}, {"CH-3"}),
    ({"attr[Price][gt]": "9.5"}, {"CH-2", "CH-3", "CH-4"}),
    ({"attr[Price][lt]": "9.50"}, {"CH-5"}),
    ({"attr[Weight][gte]": "10"}, {"CH-1", "CH-3"}),         # not 9, which is more as a text
    ({"attr[Tags]": "new"}, {"CH-1", "CH-3"}),               # an item, not a part of one
    ({"attr[Tags]": "Sale"}, {"CH-1"}),
    ({"attr[Tags][contains]": "new"}, {"CH-1", "CH-3", "CH-4"}),
    ({"attr[Launched]": "2024-02-29"}, {"CH-4"}),
    ({"attr[Launched][gte]": "2026-01-01"}, {"CH-1", "CH-3"}),
    ({"attr[Launched][gte]": "2025-12-01", "attr[Launched][lt]": "2026-02-01"}, {"CH-1", "CH-2"}),
    ({"attr[Seen][lte]": "2026-03-01"}, {"CH-1", "CH-2"}),   # a day is all of it
    ({"attr[Seen][gt]": "2026-03-01T12:00"}, {"CH-2"}),
    ({"attr[Active]": "yes"}, {"CH-1"}),
    ({"attr[Active]": "false"}, {"CH-2"}),
    ({"attr[Note][contains]": "100%"}, {"CH-1"}),            # literally
    ({"attr[Note][contains]": "oak_"}, {"CH-2"}),
    ({"attr[Note][contains]": "oa"}, {"CH-1", "CH-2"}),      # shorter than a trigram
    ({"attr[Note][empty]": "true"}, {"CH-4", "CH-5", "CH-6"}),
    ({"attr[Note][empty]": "false"}, {"CH-1", "CH-2", "CH-3"}),
    ({"attr[Color][empty]": "true"}, {"CH-6"}),
    ({"attr[Color][empty]": "false", "attr[Note][empty]": "true"}, {"CH-4", "CH-5"}),
    ({"attr[Note][empty]": "true", "attr[Weight][empty]": "true"}, {"CH-5", "CH-6"}),
    ({"attr[Color]": "Black", "attr[Price][gte]": "20"}, {"CH-2"}),
    ({"attr[Color]": "Black", "attr[Price][gte]": "20", "attr[Note][contains]": "veneer", "attr[Active]": "0"}, {"CH-2"}),
    ({"attr[Color]": "nothing"}, set()),
])
def test_each_operation_narrows(shop, query, expected):
    assert set(skus(shop, **query)) == expected
    # The same by id, and with the total.
    by_id = {key.replace(f"[{name}]", f"[{number}]"): value for name, number in shop.a.items()
             for key, value in query.items() if f"[{name}]" in key}
    page = shop.get("/products", **by_id)
    assert {p["sku"] for p in page["data"]} == expected and page["pagination"]["total"] == len(expected)


def test_all_filters_narrow_each_other(shop):
    """D-30: an AND of all of them, whatever they are."""
    sale = shop.category("Sale")
    shop.update(shop.get("/products/sku/CH-2")["id"], categoryId=sale)
    assert skus(shop, **{"attr[Color]": "Black", "categoryId": sale}) == ["CH-2"]
    assert skus(shop, **{"attr[Color]": "Black", "categoryId": "null"}) == ["CH-1"]
    assert skus(shop, **{"attr[Color]": "Black", "search": "CH-2"}) == ["CH-2"]
    assert skus(shop, **{"attr[Color]": "Black", "search": "white"}) == []
    assert skus(shop, **{"attr[Color]": "Black", "status": "complete"}) == []
    assert skus(shop, **{"attr[Color]": "Red", "attributeIds": shop.a["Tags"]}) == []
    assert skus(shop, **{"attr[Color]": "Black", "attributeIds": shop.a["Tags"]}) == ["CH-2", "CH-1"]


@pytest.mark.parametrize("attribute,ascending,without", [
    ("Price", ["CH-5", "CH-1", "CH-2", "CH-3", "CH-4"], 1),
    ("Weight", ["CH-2", "CH-4", "CH-1", "CH-3"], 2),
    ("Launched", ["CH-4", "CH-2", "CH-1", "CH-3"], 2),
    ("Color", ["CH-1", "CH-2", "CH-4", "CH-5", "CH-3"], 1),
])
def test_sorting_by_an_attribute(shop, attribute, ascending, without):
    """Numbers as numbers, days as days, without case; what has no value comes last in both directions."""
    # Equal ones are in the order of their ids, and the other way round.
    for order, expected in (("asc", ascending), ("desc", ascending[::-1])):
        for name in (attribute, shop.a[attribute]):
            for narrowed in ({}, {"search": "chair"}, {"attr[Weight][lt]": "1000"}, {"attr[Unset][empty]": "true"}):
                if "attr[Unset][empty]" in narrowed:
                    narrowed = {f"attr[{shop.attribute('Unset ' + order + str(name))}][empty]": "true"}
                found = skus(shop, sortBy=f"attr[{name}]", sortOrder=order, **narrowed)
                if "attr[Weight][lt]" in narrowed:
                    assert found == [s for s in expected if s in ("CH-1", "CH-2", "CH-3", "CH-4")], (order, narrowed)
                else:
                    assert found[:len(expected)] == expected and len(found) == 6, (order, narrowed, found)
    pages = [skus(shop, sortBy=f"attr[{attribute}]", sortOrder="asc", limit=2, page=n) for n in (1, 2, 3, 4)]
    assert sum(pages, [])[:len(ascending)] == ascending and [len(p) for p in pages] == [2, 2, 2, 0]
    assert shop.get("/products", sortBy=f"attr[{attribute}]")["pagination"]["total"] == 6


def test_a_cursor_goes_with_conditions(shop):
    first = shop.get("/products", **{"attr[Color][contains]": "l", "limit": 2})
    rest = shop.get("/products", **{"attr[Color][contains]": "l", "limit": 2, "cursor": first["pagination"]["nextCursor"]})
    assert [p["sku"] for p in first["data"] + rest["data"]] == ["CH-4", "CH-2", "CH-1"] or \
        len(first["data"] + rest["data"]) == 3
    assert rest["pagination"]["nextCursor"] is None


@pytest.mark.parametrize("query,part", [
    ({"attr[Nope]": "x"}, "Nope"), ({"attr[999999999]": "x"}, "999999999"), ({"attr[Nope][empty]": "true"}, "Nope"),
    ({"sortBy": "attr[Nope]"}, "Nope"), ({"attr[Price][gte]": "abc"}, "abc"), ({"attr[Price]": "abc"}, "abc"),
    ({"attr[Price][about]": "3"}, "about"), ({"attr[]": "x"}, "attr[]"), ({"attr[Price": "x"}, "attr[Price"),
    ({"attr[Color]": ""}, "attr[Color]"), ({"attr[Color][empty]": "maybe"}, "true or false"),
    ({"attr[Color]": "x" * 1001}, "attr[Color]"), ({f"attr[Color{n}]": "x" for n in range(21)}, "20"),
])
def test_what_is_wrong_is_named(shop, query, part):
    assert any(part in message for message in messages(shop.request("GET", "/products", 400, params=query)))


def test_another_tenants_attribute_is_not_there(shop, other_tenant):
    other_tenant.attribute("Color")
    assert skus(other_tenant, **{"attr[Color]": "Black"}) == []
    assert messages(other_tenant.request("GET", "/products", 400, params={f"attr[{shop.a['Color']}]": "Black"}))
    shop.database.execute('UPDATE "Attribute" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s', (shop.a["Color"],))
    assert messages(shop.request("GET", "/products", 400, params={"attr[Color]": "Black"}))


def test_values_of_the_trash_are_not_found(shop):
    """D-12."""
    shop.delete(shop.get("/products/sku/CH-1")["id"])
    assert skus(shop, **{"attr[Color]": "Black"}) == ["CH-2"]
    assert skus(shop, sortBy="attr[Price]", sortOrder="asc") == ["CH-5", "CH-2", "CH-3", "CH-4", "CH-6"]


def test_names_with_odd_characters(tenant):
    for number, name in enumerate(["a [b]", "50%", "ümlaut & co"]):
        attribute = tenant.attribute(name)
        tenant.create(sku=f"ODD-{number}", attributesWithValues=[{"attributeId": attribute, "value": "v"}])
        assert skus(tenant, **{f"attr[{name}]": "v"}) == [f"ODD-{number}"], name
        assert skus(tenant, sortBy=f"attr[{name}]")[0] == f"ODD-{number}", name


def test_what_stands_far_behind_in_a_long_value_is_found(tenant):
    """The index has the beginning of a value: what is behind it counts all the same, once."""
    note, tags = tenant.attribute("Note", "TEXT"), tenant.attribute("Tags", "ARRAY")
    items = ",".join(f"tag number {number}" for number in range(60))
    tenant.create(sku="LONG-1", attributesWithValues=[{"attributeId": note, "value": "wood " * 100 + "Beech " + "wood " * 100},
                                                      {"attributeId": tags, "value": items}])
    tenant.create(sku="LONG-2", attributesWithValues=[{"attributeId": note, "value": "beech"}])
    assert set(skus(tenant, **{"attr[Note][contains]": "beech"})) == {"LONG-1", "LONG-2"}
    assert skus(tenant, **{"attr[Note][contains]": "beech", "attr[Tags]": "tag number 59"}) == ["LONG-1"]
    assert skus(tenant, **{"attr[Note][contains]": "wood", "attr[Tags]": "tag number 0"}) == ["LONG-1"]
    assert skus(tenant, **{"attr[Tags]": "tag number"}) == []


def test_a_product_is_found_by_its_variants(tenant):
    """Where only the variants have a colour, their product is what a list shows; all conditions are met by one of them."""
    color, price = tenant.attribute("Color"), tenant.attribute("Price", "NUMBER")

    def values(**given):
        return [{"attributeId": {"color": color, "price": price}[name], "value": value} for name, value in given.items()]

    tee = tenant.create(sku="TEE-0", attributesWithValues=values(price="20"))["id"]
    black = tenant.variant(tee, sku="TEE-B", attributesWithValues=values(color="Black", price="30"))["id"]
    tenant.variant(tee, sku="TEE-W", attributesWithValues=values(color="White"))
    tenant.create(sku="MUG-0", attributesWithValues=values(color="Black"))
    assert set(skus(tenant, **{"attr[Color]": "black"})) == {"TEE-0", "MUG-0"}
    assert tenant.get("/products", **{"attr[Color]": "black"})["pagination"]["total"] == 2
    assert skus(tenant, **{"attr[Color]": "White", "attr[Price][lte]": "20"}) == ["TEE-0"], "the white one inherits its price"
    assert skus(tenant, **{"attr[Color]": "White", "attr[Price][gte]": "30"}) == []
    assert set(skus(tenant, **{"attr[Color]": "Black", "includeVariants": "true"})) == {"TEE-B", "MUG-0"}
    assert set(skus(tenant, includeVariants="true")) == {"TEE-0", "TEE-B", "TEE-W", "MUG-0"}
    tenant.delete(black)
    assert skus(tenant, **{"attr[Color]": "black"}) == ["MUG-0"], "what is in the trash finds nothing"


def test_a_shops_catalogue_is_filtered_by_what_its_variants_have(tenant, samples):
    with (samples / "magento/products.csv").open("rb") as file:
        tenant.request("POST", "/products/import", 200, files={"file": file})
    black = tenant.get("/products", **{"attr[color]": "Black", "attr[price][gte]": 20, "attr[price][lte]": 40, "limit": 100})
    assert black["pagination"]["total"] == len(black["data"]) > 5
    for product in black["data"]:
        assert any(v["value"] == "Black" for variant in product["variants"] for v in variant.get("attributes", [])
                   if v["name"] == "color"), product["sku"]
