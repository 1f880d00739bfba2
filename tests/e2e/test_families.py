"""Families: what products of a kind have, and must have. Nothing that is done to a family loses a product's value.

Names with D and a number are defects of the replaced service that are shown to be absent.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from races import at_once
from rows import fingerprint, row
from tenants import new_staff, new_tenant

ISO = len("2026-11-24T03:37:13.534Z")
CHARACTERS = ("Family name can only contain letters, numbers, spaces, hyphens, underscores, ampersands, parentheses, "
              "and apostrophes")
UNKNOWN = "One or more attributes not found or do not belong to you"


def make(tenant, name: str = "Shoes", required=(), other=(), expect: int = 201) -> dict:
    body = {"name": name, "requiredAttributes": [{"attributeId": a} for a in required],
            "otherAttributes": [{"attributeId": a} for a in other]}
    return tenant.request("POST", "/families", expect, json=body).json()


def change(tenant, family: int, expect: int = 200, **fields) -> dict:
    return tenant.request("PATCH", f"/families/{family}", expect, json=fields).json()


def members(tenant, family: int) -> list[tuple[int, bool]]:
    return [(m["attribute"]["id"], m["isRequired"]) for m in tenant.get(f"/families/{family}")["familyAttributes"]]


def status(tenant, product: int) -> str:
    return tenant.get(f"/products/{product}")["status"]


def values(tenant, product: int) -> dict[int, str]:
    return {a["id"]: a["value"] for a in tenant.get(f"/products/{product}")["attributes"]}


def links(database, product: int) -> dict[int, int | None]:
    return dict(database.execute('SELECT "attributeId", "familyAttributeId" FROM "ProductAttribute" WHERE "productId" = %s',
                                 (product,)).fetchall())


@pytest.fixture
def shoes(tenant):
    """A family with two required attributes and one more, a complete product in it, and attributes outside of it."""
    tenant.color, tenant.weight, tenant.size, tenant.sole = (
        tenant.attribute("color"), tenant.attribute("weight", "NUMBER", "1.5"), tenant.attribute("size"), tenant.attribute("sole"))
    tenant.shoes = make(tenant, "Shoes", (tenant.color, tenant.weight), (tenant.size,))["id"]
    tenant.boot = tenant.create(
        name="Boot", sku="BOOT-1", familyId=tenant.shoes, attributesWithValues=[{"attributeId": tenant.sole, "value": "rubber"}],
        familyAttributesWithValues=[{"attributeId": a, "value": v} for a, v in
                                    ((tenant.color, "black"), (tenant.weight, "2"), (tenant.size, "42"))])["id"]
    assert status(tenant, tenant.boot) == "complete"
    return tenant


@pytest.fixture(scope="module")
def idle(service, database):
    """A tenant of those tests that are refused."""
    return new_tenant(service, database)


# --- making and reading -----------------------------------------------------------------------------------------------

def test_a_family_is_made_as_the_document_says(tenant):
    color, weight = tenant.attribute("color"), tenant.attribute("weight", "NUMBER", "1.5")
    body = tenant.request("POST", "/families", 201, json={
        "name": "  Shoes & Boots (men's)  ", "requiredAttributes": [{"attributeId": color, "isRequired": False}],
        "otherAttributes": [{"attributeId": weight, "isRequired": True, "additionalValue": 3}]}).json()
    assert {"id", "name", "userId", "createdAt", "updatedAt", "familyAttributes"} <= body.keys()
    assert body["name"] == "Shoes & Boots (men's)" and body["userId"] == tenant.id
    assert len(body["createdAt"]) == ISO and body["createdAt"] == body["updatedAt"]
    first, second = body["familyAttributes"]
    assert first.keys() == {"id", "familyId", "attributeId", "isRequired", "additionalValue", "createdAt", "attribute"}
    assert first["attribute"].keys() == {"id", "name", "type", "defaultValue", "userId", "createdAt", "updatedAt"}
    # The list says what is required, isRequired does not.
    assert (first["attributeId"], first["isRequired"], first["additionalValue"]) == (color, True, None)
    assert (second["attributeId"], second["isRequired"], second["additionalValue"]) == (weight, False, "3")
    assert (second["familyId"], second["attribute"]["defaultValue"]) == (body["id"], "1.5")


def test_lists_and_details_as_the_document_says(shoes):
    page = shoes.get("/families", page=1, limit=10)
    assert page["pagination"] == {"page": 1, "limit": 10, "total": 1, "totalPages": 1, "hasNext": False, "hasPrev": False,
                                  "nextCursor": None}
    [item] = page["data"]
    assert {"id", "name", "userId", "createdAt", "updatedAt"} <= item.keys()
    assert (item["productCount"], item["totalAttributes"]) == (1, 3)
    weight = item["familyAttributes"][1]
    assert weight.keys() == {"id", "isRequired", "additionalValue", "attribute"}
    assert weight["attribute"] == {"id": shoes.weight, "name": "weight", "type": "NUMBER", "defaultValue": 1.5, "userId": shoes.id}

    detail = shoes.get(f"/families/{shoes.shoes}")
    assert detail["familyAttributes"] == item["familyAttributes"]
    assert detail["products"] == [{"id": shoes.boot, "name": "Boot", "sku": "BOOT-1", "status": "complete", "imageUrl": None}]
    pages = {"page": 1, "limit": 100, "total": 1, "totalPages": 1}
    assert detail["productsPagination"] | pages == detail["productsPagination"]


def test_the_products_of_a_family_come_in_pages(shoes):
    made = [shoes.create(familyId=shoes.shoes)["id"] for _ in range(4)]
    page = shoes.get(f"/families/{shoes.shoes}", productPage=2, productLimit=2)
    assert [p["id"] for p in page["products"]] == [made[1], made[0]]
    assert page["productsPagination"] | {"page": 2, "limit": 2, "total": 5, "totalPages": 3} == page["productsPagination"]
    for wrong in ({"productPage": "x"}, {"productLimit": "1.5"}):
        [name] = wrong
        assert name in shoes.request("GET", f"/families/{shoes.shoes}", 400, params=wrong).json()["message"][0]


@pytest.mark.parametrize("body,messages", [
    ({}, {CHARACTERS, "Family name must be between 1 and 40 characters", "Family name is required", "name must be a string"}),
    ({"name": None}, {CHARACTERS, "Family name must be between 1 and 40 characters", "Family name is required", "name must be a string"}),
    ({"name": 7}, {CHARACTERS, "Family name must be between 1 and 40 characters", "Family name is required", "name must be a string"}),
    ({"name": "  "}, {CHARACTERS, "Family name must be between 1 and 40 characters", "Family name is required"}),
    ({"name": "x" * 41}, {"Family name must be between 1 and 40 characters"}),
    ({"name": "a/b"}, {CHARACTERS}),
    ({"name": "Ok", "color": 1}, {"property color should not exist"}),
    ({"name": "Ok", "requiredAttributes": {}}, {"requiredAttributes must be an array"}),
    ({"name": "Ok", "otherAttributes": None}, {"otherAttributes must be an array"}),
    ({"name": "Ok", "otherAttributes": [7]}, {"otherAttributes.0 must be an object"}),
    ({"name": "Ok", "requiredAttributes": [{}]}, {"requiredAttributes.0.attributeId must be an integer number"}),
    ({"name": "Ok", "requiredAttributes": [{"attributeId": "x"}]}, {"requiredAttributes.0.attributeId must be an integer number"}),
    ({"name": "Ok", "requiredAttributes": [{"attributeId": 1.5}]}, {"requiredAttributes.0.attributeId must be an integer number"}),
    ({"name": "Ok", "otherAttributes": [{"attributeId": 1, "isRequired": "yes", "more": 1}]},
     {"otherAttributes.0.isRequired must be a boolean value", "otherAttributes.0.property more should not exist"}),
    ({"name": "Ok", "otherAttributes": [{"attributeId": 1, "additionalValue": "\0"}]},
     {"otherAttributes.0.additionalValue must not contain a zero character"}),
    ([], {"The body must be a JSON object"}),
])
def test_wrong_bodies_are_400_and_name_the_fields(idle, body, messages):
    answer = idle.request("POST", "/families", 400, json=body).json()
    assert messages <= set(answer["message"]) and answer["error"] == "Bad Request"
    assert idle.get("/families")["pagination"]["total"] == 0 and idle.events() == []


def test_foreign_missing_and_doubled_attributes_are_refused(tenant, other_tenant):
    own, foreign = tenant.attribute("own"), other_tenant.attribute("foreign")
    for wrong in (foreign, 999_999_999):
        assert make(tenant, required=(own, wrong), expect=400)["message"] == UNKNOWN
    assert make(tenant, required=(own,), other=(own,), expect=400)["message"] == "Duplicate attribute IDs found"
    assert make(tenant, other=(own, own), expect=400)["message"] == "Duplicate attribute IDs found"
    assert tenant.get("/families")["data"] == [] and tenant.events() == []


def test_a_duplicate_name_is_409_and_another_tenants_is_none(tenant, other_tenant):
    make(tenant)
    assert make(tenant, expect=409)["message"] == "Family with this name already exists"
    second = make(tenant, "Hats")["id"]
    assert change(tenant, second, 409, name="Shoes")["code"] == "family.name_taken"
    make(other_tenant)


def test_additional_values_are_validated_by_the_attributes_type(tenant):
    number, flag = tenant.attribute("number", "INTEGER"), tenant.attribute("flag", "BOOLEAN")
    body = {"name": "Typed", "requiredAttributes": [{"attributeId": number, "additionalValue": "many"}],
            "otherAttributes": [{"attributeId": flag, "additionalValue": "perhaps"}]}
    assert tenant.request("POST", "/families", 400, json=body).json()["message"] == [
        "requiredAttributes.0.additionalValue must be an integer number, for example 42",
        "otherAttributes.0.additionalValue must be true or false"]
    body["requiredAttributes"][0]["additionalValue"], body["otherAttributes"][0]["additionalValue"] = 42, True
    made = tenant.request("POST", "/families", 201, json=body).json()
    assert [m["additionalValue"] for m in made["familyAttributes"]] == ["42", "true"]
    wrong = change(tenant, made["id"], 400, otherAttributes=[{"attributeId": flag, "additionalValue": 7}])
    assert wrong["message"] == ["otherAttributes.0.additionalValue must be true or false"]
    cleared = change(tenant, made["id"], otherAttributes=[{"attributeId": flag, "additionalValue": None}])
    assert [m["additionalValue"] for m in cleared["familyAttributes"]] == ["42", None]


@pytest.mark.parametrize("method,path", [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/attributes/1"), ("DELETE", "/attributes/1")])
def test_foreign_missing_and_impossible_families_are_404_or_400(shoes, other_tenant, method, path):
    body = {} if method == "PATCH" else None
    for who, number in ((other_tenant, shoes.shoes), (shoes, 999_999_999), (shoes, 99_999_999_999)):
        answer = who.request(method, f"/families/{number}{path}", 404, json=body).json()
        assert answer["message"] == f"Family with ID {number} not found"
    assert shoes.request(method, f"/families/x{path}", 400, json=body).json()["message"] == \
        "Validation failed (numeric string is expected)"


def test_D_19_a_family_is_read_only_with_the_permission(shoes):
    nobody, reader = new_staff(shoes, (("families", "update"), ("products", "read"))), new_staff(shoes, (("families", "read"),))
    assert nobody.request("GET", f"/families/{shoes.shoes}", 403).json()["message"] == \
        "Access denied: Missing permission 'read' on 'families'"
    reader.request("GET", f"/families/{shoes.shoes}", 200)


def test_D_12_nothing_in_the_trash_is_counted_or_shown(shoes, database):
    gone = shoes.create(name="Gone", sku="GONE-1", familyId=shoes.shoes)["id"]
    shoes.delete(gone)
    database.execute('UPDATE "Attribute" SET "isDeleted" = true WHERE id = %s', (shoes.size,))
    [item] = shoes.get("/families")["data"]
    assert (item["productCount"], item["totalAttributes"], len(item["familyAttributes"])) == (1, 2, 2)
    detail = shoes.get(f"/families/{shoes.shoes}")
    assert [p["id"] for p in detail["products"]] == [shoes.boot] and detail["productsPagination"]["total"] == 1
    assert shoes.get("/families", minProducts=2)["data"] == [] and shoes.get("/families", maxAttributes=2)["data"] != []
    assert shoes.get("/families", attributeIds=shoes.size)["data"] == []
    # An attribute in the trash can't be put into a family, and one that is a member stays one.
    assert change(shoes, shoes.shoes, 400, otherAttributes=[{"attributeId": shoes.size}])["message"] == UNKNOWN
    change(shoes, shoes.shoes, otherAttributes=[])
    database.execute('UPDATE "Attribute" SET "isDeleted" = false WHERE id = %s', (shoes.size,))
    assert members(shoes, shoes.shoes) == [(shoes.color, True), (shoes.weight, True), (shoes.size, False)]


# --- the list's filters -----------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def many(service, database):
    """Families f0 to f5 with as many attributes as their number, the first of them required in odd ones; and as many
    products as 5 - number."""
    tenant = new_tenant(service, database)
    tenant.a = [tenant.attribute(f"a{n}") for n in range(5)]
    tenant.f = []
    for n in range(6):
        attributes = tenant.a[:n]
        required, other = (attributes[:1], attributes[1:]) if n % 2 else ((), attributes)
        tenant.f.append(tenant.family(f"f{n}", tuple(required), tuple(other)))
        tenant.database.execute('UPDATE "Family" SET "createdAt" = %s, "updatedAt" = %s WHERE id = %s',
                                (f"2026-0{n + 1}-15T12:00:00", f"2026-0{9 - n}-15T12:00:00", tenant.f[n]))
        tenant.database.execute('''INSERT INTO "Product"(name, sku, "userId", "familyId", "updatedAt")
                                   SELECT format('p%%s-%%s', %(n)s::int, i), format('SKU-%%s-%%s', %(n)s::int, i), %(t)s, %(f)s, now()
                                     FROM generate_series(1, 5 - %(n)s::int) i''', {"n": n, "t": tenant.id, "f": tenant.f[n]})
    return tenant


@pytest.mark.parametrize("query,expected", [
    ({}, [0, 1, 2, 3, 4, 5]),
    ({"sortOrder": "desc"}, [5, 4, 3, 2, 1, 0]),
    ({"search": "F3"}, [3]),
    ({"search": "%"}, []),
    ({"sortBy": "createdAt", "sortOrder": "desc"}, [5, 4, 3, 2, 1, 0]),
    ({"sortBy": "updatedAt"}, [5, 4, 3, 2, 1, 0]),
    ({"sortBy": "totalProducts"}, [5, 4, 3, 2, 1, 0]),
    ({"sortBy": "totalAttributes", "sortOrder": "desc"}, [5, 4, 3, 2, 1, 0]),
    ({"dateFilter": "latest", "sortBy": "name"}, [5, 4, 3, 2, 1, 0]),
    ({"dateFilter": "oldest", "sortOrder": "desc"}, [0, 1, 2, 3, 4, 5]),
    ({"attributeIds": "{0}"}, [1, 2, 3, 4, 5]),
    ({"attributeIds": "{1},{4}"}, [2, 3, 4, 5]),
    ({"attributeIds": "{1},{4}", "attributeFilter": "any"}, [2, 3, 4, 5]),
    ({"attributeIds": "{1}, {3}", "attributeFilter": "all"}, [4, 5]),
    ({"attributeIds": "{1},{3}", "attributeFilter": "all", "hasRequiredAttributes": "true"}, [5]),
    ({"attributeIds": "{0},999999999", "attributeFilter": "all"}, []),
    ({"hasProducts": "true"}, [0, 1, 2, 3, 4]),
    ({"hasProducts": "false"}, [5]),
    ({"hasRequiredAttributes": "true"}, [1, 3, 5]),
    ({"hasRequiredAttributes": "false"}, [0, 2, 4]),
    ({"createdAfter": "2026-03-15T12:00:00Z"}, [2, 3, 4, 5]),
    ({"createdBefore": "2026-03-15T11:59:59Z"}, [0, 1]),
    ({"createdAfter": "2026-02-01", "createdBefore": "2026-04-01"}, [1, 2]),
    ({"minProducts": 2}, [0, 1, 2, 3]),
    ({"maxProducts": 1}, [4, 5]),
    ({"minProducts": 1, "maxProducts": 2}, [3, 4]),
    ({"minProducts": 3, "maxProducts": 2}, []),
    ({"minAttributes": 2, "maxAttributes": 3}, [2, 3]),
    ({"minAttributes": 1, "maxProducts": 3, "hasRequiredAttributes": "true", "search": "f"}, [3, 5]),
])
def test_D_29_D_62_D_65_filters_are_exact_on_every_page(many, query, expected):
    query = {key: str(value).format(*many.a) for key, value in query.items()}
    wanted = [many.f[n] for n in expected]
    assert many.ids("/families", **query) == wanted
    seen, number = [], 1
    while True:  # the same in pages of two, without holes, each with the exact total
        page = many.get("/families", **query, page=number, limit=2)
        assert page["pagination"]["total"] == len(wanted) and len(page["data"]) <= 2
        assert page["pagination"]["totalPages"] == (len(wanted) + 1) // 2
        seen += [item["id"] for item in page["data"]]
        if not page["pagination"]["hasNext"]:
            break
        assert len(page["data"]) == 2, "a page has holes"
        number += 1
    assert seen == wanted
    behind = many.get("/families", **query, page=50, limit=2)
    assert behind["data"] == [] and behind["pagination"]["total"] == len(wanted)


@pytest.mark.parametrize("query", [
    {"page": "x"}, {"limit": "1.5"}, {"page": "99999999999"}, {"sortBy": "id; drop"}, {"sortOrder": "up"}, {"dateFilter": "new"},
    {"attributeIds": "1,x"}, {"attributeFilter": "some"}, {"hasProducts": "yes"}, {"hasRequiredAttributes": "1"},
    {"createdAfter": "yesterday"}, {"createdBefore": "2026-13-01"}, {"minProducts": "x"}, {"maxProducts": "1e3"},
    {"minAttributes": "-"}, {"maxAttributes": "x"}, {"color": "1"}])
def test_D_31_a_wrong_parameter_is_400_and_named(idle, query):
    [name] = query
    assert name in idle.request("GET", "/families", 400, params=query).json()["message"][0]


def test_D_31_page_and_limit_are_brought_into_range_and_echoed(tenant):
    for query, echoed in (({"page": 0}, (1, 10)), ({"page": -3, "limit": 1000}, (1, 100)), ({"limit": 0}, (1, 1))):
        pagination = tenant.get("/families", **query)["pagination"]
        assert (pagination["page"], pagination["limit"]) == echoed


# --- changes that lose nothing ---------------------------------------------------------------------------------------------

def test_D_09_a_patch_with_only_a_name_changes_only_the_name(shoes, database):
    before, values_before = members(shoes, shoes.shoes), values(shoes, shoes.boot)
    rows = fingerprint(database, shoes.id)
    changed = change(shoes, shoes.shoes, name="Footwear")
    assert (changed["name"], changed["removedAttributes"], changed["keptValues"]) == ("Footwear", 0, 0)
    assert members(shoes, shoes.shoes) == before and values(shoes, shoes.boot) == values_before
    assert status(shoes, shoes.boot) == "complete"
    after = fingerprint(database, shoes.id)
    assert {t for t in rows if rows[t] != after[t]} == {"Family"}


def test_D_09_each_list_is_replaced_only_when_it_is_given(shoes):
    change(shoes, shoes.shoes, requiredAttributes=[{"attributeId": shoes.color}])
    assert members(shoes, shoes.shoes) == [(shoes.color, True), (shoes.size, False)]
    change(shoes, shoes.shoes, otherAttributes=[{"attributeId": shoes.size}, {"attributeId": shoes.sole}])
    assert members(shoes, shoes.shoes) == [(shoes.color, True), (shoes.size, False), (shoes.sole, False)]
    # What one list names, the other one need not let go.
    change(shoes, shoes.shoes, requiredAttributes=[{"attributeId": shoes.color}, {"attributeId": shoes.size}])
    assert members(shoes, shoes.shoes) == [(shoes.color, True), (shoes.size, True), (shoes.sole, False)]


def test_D_09_D_10_an_explicit_empty_list_removes_and_the_values_stay(shoes, database):
    before = values(shoes, shoes.boot)
    changed = change(shoes, shoes.shoes, requiredAttributes=[], otherAttributes=[])
    assert (changed["familyAttributes"], changed["removedAttributes"], changed["keptValues"]) == ([], 3, 3)
    assert values(shoes, shoes.boot) == before, "a value was lost"
    assert set(links(database, shoes.boot).values()) == {None}
    assert status(shoes, shoes.boot) == "incomplete", "there is nothing that it must have"


def test_a_member_keeps_its_row_and_its_additional_value(shoes, database):
    change(shoes, shoes.shoes, otherAttributes=[{"attributeId": shoes.size, "additionalValue": "EU"}])
    before = database.execute('SELECT id FROM "FamilyAttribute" WHERE "familyId" = %s ORDER BY id', (shoes.shoes,)).fetchall()
    change(shoes, shoes.shoes, requiredAttributes=[{"attributeId": shoes.size}, {"attributeId": shoes.color}, {"attributeId": shoes.weight}])
    assert database.execute('SELECT id FROM "FamilyAttribute" WHERE "familyId" = %s ORDER BY id', (shoes.shoes,)).fetchall() == before
    assert row(database, "FamilyAttribute", before[2][0])["additionalValue"] == "EU"


def test_D_10_an_attribute_that_leaves_the_family_leaves_its_values(shoes, database):
    before = values(shoes, shoes.boot)
    answer = shoes.request("DELETE", f"/families/{shoes.shoes}/attributes/{shoes.color}", 200).json()
    assert answer == {"message": "Attribute removed from family successfully", "keptValues": 1}
    assert values(shoes, shoes.boot) == before and links(database, shoes.boot)[shoes.color] is None
    for number in (shoes.color, shoes.sole, 999_999_999, 99_999_999_999):
        gone = shoes.request("DELETE", f"/families/{shoes.shoes}/attributes/{number}", 404).json()
        assert gone["message"] == "Attribute is not assigned to this family"
    assert shoes.request("DELETE", f"/families/{shoes.shoes}/attributes/x", 400)


def test_an_attribute_is_added_once(shoes, other_tenant):
    answer = shoes.request("POST", f"/families/{shoes.shoes}/attributes/{shoes.sole}?isRequired=true&additionalValue=x", 201).json()
    assert (answer["familyId"], answer["attributeId"], answer["isRequired"], answer["additionalValue"]) == (shoes.shoes, shoes.sole, True, "x")
    assert (answer["attribute"]["id"], answer["attribute"]["name"]) == (shoes.sole, "sole")
    again = shoes.request("POST", f"/families/{shoes.shoes}/attributes/{shoes.sole}", 409).json()
    assert again["message"] == "Attribute is already assigned to this family"
    path = f"/families/{shoes.shoes}/attributes"
    for number, expected in ((other_tenant.attribute("foreign"), 400), (999_999_999, 400), (99_999_999_999, 404), ("x", 400)):
        shoes.request("POST", f"{path}/{number}", expected)
    number = shoes.attribute("number", "INTEGER")
    assert shoes.request("POST", f"{path}/{number}?additionalValue=x", 400).json()["message"] == \
        ["additionalValue must be an integer number, for example 42"]
    assert shoes.request("POST", f"{path}/{number}?isRequired=perhaps", 400).json()["message"] == ["isRequired must be true or false"]
    assert shoes.request("POST", f"{path}/{number}?color=1", 400).json()["message"] == ["property color should not exist"]
    assert shoes.request("POST", f"{path}/{number}", 201).json()["isRequired"] is False


def test_D_72_values_belong_to_the_familys_attributes_after_every_change(shoes, database):
    def linked():
        shown = {a["id"]: a["value"] for part in ("requiredAttributes", "optionalAttributes")
                 for a in shoes.get(f"/products/{shoes.boot}")["family"][part]}
        ids = dict(database.execute('SELECT "attributeId", id FROM "FamilyAttribute" WHERE "familyId" = %s', (shoes.shoes,)).fetchall())
        assert {a: m for a, m in links(database, shoes.boot).items() if m} == {a: m for a, m in ids.items() if a in values(shoes, shoes.boot)}
        return shown

    assert linked() == {shoes.color: "black", shoes.weight: "2", shoes.size: "42"}
    trashed = shoes.create(familyId=shoes.shoes, attributesWithValues=[{"attributeId": shoes.sole, "value": "cork"}])["id"]
    shoes.delete(trashed)
    shoes.request("POST", f"/families/{shoes.shoes}/attributes/{shoes.sole}?isRequired=true", 201)
    assert linked()[shoes.sole] == "rubber"
    assert links(database, trashed)[shoes.sole] is not None, "the trash is not forgotten"
    change(shoes, shoes.shoes, requiredAttributes=[{"attributeId": shoes.sole}])
    assert linked() == {shoes.sole: "rubber", shoes.size: "42"}
    change(shoes, shoes.shoes, otherAttributes=[{"attributeId": shoes.color}])
    assert linked() == {shoes.sole: "rubber", shoes.color: "black"}
    # Whoever gives a product another family: its values go with it.
    other = make(shoes, "Other", (shoes.color,), (shoes.weight,))["id"]
    database.execute('UPDATE "Product" SET "familyId" = %s WHERE id = %s', (other, shoes.boot))
    kept = {a for a, m in links(database, shoes.boot).items() if m}
    assert kept == {shoes.color, shoes.weight}


def test_D_54_the_status_follows_every_change_of_the_family(shoes, database):
    def expect(wanted):
        assert status(shoes, shoes.boot) == wanted

    empty = shoes.attribute("empty")
    path = f"/families/{shoes.shoes}"
    shoes.request("POST", f"{path}/attributes/{empty}?isRequired=true", 201)
    expect("incomplete")
    shoes.request("DELETE", f"{path}/attributes/{empty}", 200)
    expect("complete")
    change(shoes, shoes.shoes, requiredAttributes=[{"attributeId": empty}])
    expect("incomplete")
    change(shoes, shoes.shoes, otherAttributes=[{"attributeId": empty}], requiredAttributes=[{"attributeId": shoes.color}])
    expect("complete")
    change(shoes, shoes.shoes, requiredAttributes=[])
    expect("incomplete")
    change(shoes, shoes.shoes, requiredAttributes=[{"attributeId": shoes.size}])
    expect("complete")
    updated = row(database, "Product", shoes.boot)["updatedAt"]
    shoes.request("DELETE", path, 200)
    expect("incomplete")
    shoes.request("POST", f"{path}/restore", 200)
    expect("complete")
    assert row(database, "Product", shoes.boot)["updatedAt"] == updated, "nobody edited the product"
    shoes.request("DELETE", path, 200)
    shoes.request("DELETE", f"{path}/permanent", 200)
    expect("incomplete")


def test_D_54_a_value_and_a_requirement_that_pass_each_other_agree_in_the_end(shoes, database):
    """Each sees the other's, whoever is first: the status follows from what is there."""
    product = shoes.create(familyId=shoes.shoes, familyAttributesWithValues=[
        {"attributeId": shoes.color, "value": "red"}, {"attributeId": shoes.weight, "value": "1"}])["id"]
    member = database.execute('SELECT id FROM "FamilyAttribute" WHERE "familyId" = %s AND "attributeId" = %s',
                              (shoes.shoes, shoes.size)).fetchone()[0]
    first = shoes.service.connect()
    first.autocommit = False
    with first:
        first.execute('INSERT INTO "ProductAttribute"("productId", "attributeId", value) VALUES (%s, %s, %s)', (product, shoes.size, "41"))
        with ThreadPoolExecutor(1) as pool:
            change_of_other = pool.submit(change, shoes, shoes.shoes, requiredAttributes=[
                {"attributeId": a} for a in (shoes.color, shoes.weight, shoes.size)])
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            for _ in range(200):
                if change_of_other.done() or database.execute(waiting).fetchone()[0]:
                    break
                threading.Event().wait(0.01)
            first.commit()
            change_of_other.result()
    assert row(database, "FamilyAttribute", member)["isRequired"]
    assert status(shoes, product) == "complete"


# --- the trash ---------------------------------------------------------------------------------------------------------------

def test_acceptance_5_a_restored_family_is_exactly_what_it_was(shoes, database):
    before = fingerprint(database, shoes.id)
    shown = [shoes.request("GET", path).content for path in ("/families", f"/families/{shoes.shoes}", f"/products/{shoes.boot}")]
    deleted = shoes.request("DELETE", f"/families/{shoes.shoes}", 200).json()
    assert deleted["message"] == f"Family with ID {shoes.shoes} has been deleted"
    assert (deleted["itemCount"], deleted["undo"]) == (1, f"POST /families/{shoes.shoes}/restore")
    after = fingerprint(database, shoes.id)
    assert {t for t in before if before[t] != after[t]} == {"Family", "Product"}, "a delete cut a link"
    assert "family" not in shoes.get(f"/products/{shoes.boot}") and values(shoes, shoes.boot)[shoes.color] == "black"
    shoes.request("GET", f"/families/{shoes.shoes}", 404)
    assert shoes.get("/families")["pagination"]["total"] == 0
    [listed] = shoes.get("/families/deleted")["data"]
    assert (listed["id"], listed["name"], listed["deletionId"], listed["isDeleted"]) == (shoes.shoes, "Shoes", deleted["deletionId"], True)
    restored = shoes.request("POST", f"/families/{shoes.shoes}/restore", 200).json()
    assert restored["message"] == "Family successfully restored" and restored["family"]["id"] == shoes.shoes
    assert fingerprint(database, shoes.id) == before
    assert [shoes.request("GET", path).content for path in ("/families", f"/families/{shoes.shoes}", f"/products/{shoes.boot}")] == shown


def test_acceptance_6_and_17_a_family_that_is_purged_leaves_the_values(shoes, database):
    shoes.request("DELETE", f"/families/{shoes.shoes}/permanent", 409)
    shoes.request("DELETE", f"/families/{shoes.shoes}", 200)
    before = values(shoes, shoes.boot)
    answer = shoes.request("DELETE", f"/families/{shoes.shoes}/permanent", 200).json()
    assert answer["message"] == "Family permanently deleted" and answer["certificateId"]
    assert row(database, "Family", shoes.shoes) is None
    assert values(shoes, shoes.boot) == before and set(links(database, shoes.boot).values()) == {None}
    assert shoes.get(f"/products/{shoes.boot}")["familyId"] is None
    for method, path in (("POST", "restore"), ("DELETE", "permanent")):
        gone = shoes.request(method, f"/families/{shoes.shoes}/{path}", 404).json()
        assert gone["message"] == f"Soft-deleted family with ID {shoes.shoes} not found"
        shoes.request(method, f"/families/x/{path}", 400)


def test_acceptance_4_a_product_deleted_before_its_family_stays_in_the_trash(shoes):
    gone = shoes.create(familyId=shoes.shoes)["id"]
    shoes.delete(gone)
    shoes.request("DELETE", f"/families/{shoes.shoes}", 200)
    shoes.request("POST", f"/families/{shoes.shoes}/restore", 200)
    assert shoes.ids("/products/deleted") == [gone]
    assert shoes.restore(gone)["product"]["familyId"] == shoes.shoes


def test_a_trashed_family_can_not_be_changed_or_given(shoes, database):
    shoes.request("DELETE", f"/families/{shoes.shoes}", 200)
    before = fingerprint(database, shoes.id)
    change(shoes, shoes.shoes, 404, name="Other")
    shoes.request("POST", f"/families/{shoes.shoes}/attributes/{shoes.sole}", 404)
    shoes.request("DELETE", f"/families/{shoes.shoes}/attributes/{shoes.color}", 404)
    shoes.request("DELETE", f"/families/{shoes.shoes}", 404)
    assert shoes.request("POST", "/families/bulk-delete", 200, json={"ids": [shoes.shoes]}).json() == {
        "deletedCount": 0, "message": "Deleted 0 families", "ids": [], "deletionId": None, "deletedAt": None}
    shoes.request("POST", "/products", 400, json={"name": "New", "sku": "NEW-1", "familyId": shoes.shoes})
    assert fingerprint(database, shoes.id) == before


def test_a_name_that_was_taken_meanwhile_refuses_the_restore(shoes):
    shoes.request("DELETE", f"/families/{shoes.shoes}", 200)
    second = make(shoes, "Shoes")["id"]
    refused = shoes.request("POST", f"/families/{shoes.shoes}/restore", 409).json()
    assert refused["conflict"]["holder"] == {"id": second, "name": "Shoes"}
    change(shoes, second, name="Other")
    shoes.request("POST", f"/families/{shoes.shoes}/restore", 200)


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"filters": {}}, {"filters": {"sortBy": "name"}}, {"filters": {"search": ""}},
                                  {"all": False}, {"ids": ["1"]}, {"ids": 1}, {"filters": {"color": "x"}}, {"filters": {"search": 1}},
                                  {"ids": list(range(1, 1002))}, {"more": 1}])
def test_D_05_a_bulk_delete_that_chooses_nothing_deletes_nothing(many, body):
    many.request("POST", "/families/bulk-delete", 400, json=body)
    assert many.get("/families")["pagination"]["total"] == 6 and many.deletions() == []


def test_D_05_D_33_a_bulk_delete_is_one_act_that_can_be_taken_back(shoes, other_tenant, database):
    second, third, foreign = make(shoes, "Hats")["id"], make(shoes, "Hat bands")["id"], make(other_tenant)["id"]
    before = fingerprint(database, shoes.id)
    answer = shoes.request("POST", "/families/bulk-delete", 200, json={"ids": [shoes.shoes, second, foreign, 999_999_999]}).json()
    assert (answer["deletedCount"], answer["message"]) == (2, "Deleted 2 families") and answer["ids"] == [shoes.shoes, second]
    [act] = shoes.deletions()
    assert (act["id"], act["kind"], act["itemCount"]) == (answer["deletionId"], "family", 2)
    assert other_tenant.get("/families")["pagination"]["total"] == 1
    for family in (shoes.shoes, second):
        shoes.request("POST", f"/families/{family}/restore", 200)
    assert fingerprint(database, shoes.id) == before
    answer = shoes.request("POST", "/families/bulk-delete", 200, json={"filters": {"search": "HAT", "sortBy": "name"}}).json()
    assert answer["deletedCount"] == 2 and shoes.ids("/families") == [shoes.shoes]
    assert shoes.request("POST", "/families/bulk-delete", 200, json={"filters": {"search": "HAT"}}).json()["deletedCount"] == 0
    assert len(shoes.deletions()) == 2, "an act of nothing is none"
    assert shoes.request("POST", "/families/bulk-delete", 200, json={"all": True}).json()["deletedCount"] == 1
    assert sorted(shoes.ids("/families/deleted")) == sorted([shoes.shoes, second, third])


def test_another_tenants_trash_does_not_exist(shoes, other_tenant, database):
    shoes.request("DELETE", f"/families/{shoes.shoes}", 200)
    before = fingerprint(database, shoes.id)
    other_tenant.request("POST", f"/families/{shoes.shoes}/restore", 404)
    other_tenant.request("DELETE", f"/families/{shoes.shoes}/permanent", 404)
    assert other_tenant.get("/families/deleted")["data"] == []
    assert fingerprint(database, shoes.id) == before


# --- what is recorded ----------------------------------------------------------------------------------------------------------

def test_every_act_is_in_the_audit_once_and_told(tenant):
    attribute = tenant.attribute("color")
    family = make(tenant)["id"]
    change(tenant, family, name="Boots")
    tenant.request("POST", f"/families/{family}/attributes/{attribute}", 201)
    tenant.request("DELETE", f"/families/{family}/attributes/{attribute}", 200)
    tenant.request("DELETE", f"/families/{family}", 200)
    tenant.request("POST", f"/families/{family}/restore", 200)
    change(tenant, family, 400, name="/")
    acts = [f"family.{verb}" for verb in ("create", "update", "update", "update", "delete", "restore")]
    assert [event["action"] for event in tenant.events(family)] == acts
    told = tenant.database.execute('SELECT message FROM "Notification" WHERE "userId" = %s ORDER BY id', (tenant.id,)).fetchall()
    assert [message for message, in told] == ['Family "Shoes" was created'] + ['Family "Boots" was updated'] * 3 + \
        ['Family "Boots" was deleted', 'Family "Boots" was restored']


# --- races -----------------------------------------------------------------------------------------------------------------------

def test_of_64_who_take_a_name_one_has_it(service, tenant):
    answers = at_once(service, tenant.token, 64, lambda client, _: client.post("/families", json={"name": "Race"}).status_code)
    assert sorted(answers) == [201] + [409] * 63
    assert tenant.get("/families")["pagination"]["total"] == 1


def test_of_many_who_replace_the_lists_the_last_one_wins_whole(service, tenant):
    """Nobody's list is mixed with another's, and nobody gets a 5xx."""
    attributes = [tenant.attribute(f"a{n}") for n in range(16)]
    family = make(tenant, required=attributes[:1])["id"]
    body = lambda n: {"requiredAttributes": [{"attributeId": attributes[n]}], "otherAttributes": [{"attributeId": attributes[(n + 1) % 16]}]}
    answers = at_once(service, tenant.token, 16, lambda client, n: client.patch(f"/families/{family}", json=body(n)).status_code)
    assert set(answers) <= {200, 409} and 200 in answers
    (required, yes), (other, no) = sorted(members(tenant, family), key=lambda m: not m[1])
    assert (yes, no) == (True, False) and attributes.index(other) == (attributes.index(required) + 1) % 16


def test_products_and_their_family_changed_at_once_agree_and_nobody_gets_5xx(service, shoes):
    products = [shoes.create(familyId=shoes.shoes)["id"] for _ in range(8)]

    def act(client, n):
        if n % 4 == 0:
            others = [shoes.size] if n % 8 else []
            return client.patch(f"/families/{shoes.shoes}", json={"requiredAttributes": [
                {"attributeId": a} for a in [shoes.color, *others]]}).status_code
        body = {"attributesWithValues": [{"attributeId": shoes.sole, "value": str(n)}], "familyAttributesWithValues": [
            {"attributeId": shoes.color, "value": "red"}]}
        return client.patch(f"/products/{products[n % 8]}", json=body).status_code

    answers = at_once(service, shoes.token, 32, act)
    assert all(answer < 500 for answer in answers), answers
    required = {a for a, is_required in members(shoes, shoes.shoes) if is_required}
    for product in products:
        has = {a for a, v in values(shoes, product).items() if v}
        assert status(shoes, product) == ("complete" if required <= has else "incomplete")
