"""Products over HTTP: what is accepted, what is refused and with which words, and how lists page."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
BOOT = "\N{HIKING BOOT}"  # two UTF-16 units, one code point, four bytes


def messages(answer) -> list[str]:
    """The messages of a refused request, after a look at the error's shape."""
    body = answer.json()
    assert {"statusCode", "message", "error", "code", "requestId"} <= body.keys()
    assert body["statusCode"] == answer.status_code
    assert body["code"] and body["requestId"]
    return body["message"] if isinstance(body["message"], list) else [body["message"]]


# --- create and read ---------------------------------------------------------------------------------------------

def test_a_new_product_is_answered_whole_and_read_back_the_same(tenant):
    boots = tenant.category("Boots", description="For feet")
    sent = {"name": "Walker", "sku": "WALK-1", "productLink": "https://shop.example/w", "imageUrl": "/uploads/w.png",
            "thumbnailUrl": "/uploads/w_thumb.png", "subImages": ["/uploads/w2.png", "/uploads/w3.png"],
            "thumbnailSubImages": ["/uploads/w2_thumb.png"], "categoryId": boots}
    created = tenant.create(**sent)
    for key, value in sent.items():
        assert created[key] == value, key
    assert created["category"] == {"id": boots, "name": "Boots", "description": "For feet"}
    assert created["userId"] == tenant.id
    assert ISO_TIME.fullmatch(created["createdAt"]) and ISO_TIME.fullmatch(created["updatedAt"])
    assert tenant.get(f"/products/{created['id']}") == created
    assert "variants" not in created and created["totalVariants"] == 0


def test_families_attributes_and_status(tenant):
    color, weight, note = tenant.attribute("color"), tenant.attribute("weight", "NUMBER", "1.5"), tenant.attribute("note")
    shoes = tenant.family("Shoes", required=(color,), optional=(weight,))
    empty = tenant.create(familyId=shoes)
    assert empty["status"] == "incomplete"
    assert [a["id"] for a in empty["family"]["requiredAttributes"]] == [color]
    assert empty["family"]["requiredAttributes"][0]["value"] is None

    full = tenant.create(familyId=shoes, familyAttributesWithValues=[{"attributeId": color, "value": "red"}],
                         attributesWithValues=[{"attributeId": note, "value": "new"}])
    assert full["status"] == "complete"
    assert full["family"]["requiredAttributes"] == [
        {"id": color, "name": "color", "type": "STRING", "defaultValue": None, "userFriendlyType": "Short Text", "value": "red"}]
    assert full["family"]["optionalAttributes"] == [
        {"id": weight, "name": "weight", "type": "NUMBER", "defaultValue": "1.5", "userFriendlyType": "Decimal", "value": None}]
    assert {a["name"]: a["value"] for a in full["attributes"]} == {"color": "red", "note": "new"}

    # Back to incomplete when the value goes, complete again when it returns; nobody writes the status by hand.
    assert tenant.update(full["id"], familyAttributesWithValues=[{"attributeId": color, "value": ""}])["status"] == "incomplete"
    assert tenant.update(full["id"], familyAttributesWithValues=[{"attributeId": color, "value": "blue"}])["status"] == "complete"
    assert tenant.update(full["id"], status="incomplete")["status"] == "complete"


def test_an_attribute_of_the_family_is_dropped_from_the_custom_ones_and_named(tenant):
    color, note = tenant.attribute("color"), tenant.attribute("note")
    shoes = tenant.family("Shoes", required=(color,))
    made = tenant.create(familyId=shoes, attributes=[color, note])
    assert made["removedAttributesMessage"] == "Removed duplicate attributes: color (already present in family)"
    assert [a["name"] for a in made["attributes"]] == ["note"]


def test_variants_are_shown_by_their_parent_and_not_listed_beside_it(tenant):
    parent = tenant.create(name="Boot", sku="BOOT-1")
    child = tenant.create(name="Boot 42", sku="BOOT-1-42", parentSku="BOOT-1")
    assert child["parentProductId"] == parent["id"]
    assert child["parentProduct"] == {"id": parent["id"], "name": "Boot", "sku": "BOOT-1", "imageUrl": None,
                                      "thumbnailUrl": None, "status": "incomplete"}
    shown = tenant.get(f"/products/{parent['id']}")
    assert shown["totalVariants"] == 1
    assert [v["sku"] for v in shown["variants"]] == ["BOOT-1-42"]
    assert tenant.ids() == [parent["id"]]

    assert tenant.update(child["id"], parentProductId=None)["parentProductId"] is None
    assert sorted(tenant.ids()) == [parent["id"], child["id"]]


def test_variants_have_one_level(tenant):
    """D-16: each of these was done, and of two parents that were named one was taken."""
    parent, other = tenant.create(sku="LEVEL-1"), tenant.create(sku="LEVEL-0")
    child = tenant.create(sku="LEVEL-2", parentSku="LEVEL-1")
    refused = tenant.request("POST", "/products", 400, json={"name": "x", "sku": "LEVEL-3", "parentSku": "LEVEL-2"})
    assert messages(refused) == ["Cannot use a variant product as a parent. Variants cannot have their own variants."]
    # Nor the other way round: a parent that becomes a variant, or its own.
    for product, new_parent in ((parent["id"], other["id"]), (parent["id"], parent["id"]), (other["id"], child["id"])):
        assert tenant.request("PATCH", f"/products/{product}", json={"parentProductId": new_parent}).status_code in (400, 409)
    both = tenant.request("PATCH", f"/products/{other['id']}", 400, json={"parentSku": "LEVEL-1", "parentProductId": parent["id"]})
    assert messages(both) == ["parentProductId and parentSku name the parent both: send one of them"]
    assert {tenant.get(f"/products/{p['id']}")["parentProductId"] for p in (parent, other)} == {None}


def test_by_sku_reads_the_same_product(tenant):
    """D-21: of a product whose family has attributes."""
    color = tenant.attribute("color")
    made = tenant.create(sku="By Sku/1", familyId=tenant.family("F", required=(color,)))
    found = tenant.get("/products/sku/By%20Sku%2F1")
    assert found["id"] == made["id"] and found["family"] == made["family"]
    missing = tenant.request("GET", "/products/sku/by%20sku%2F1", 404)  # the exact SKU, not one that looks like it
    assert messages(missing) == ["Product with SKU by sku/1 not found or access denied"]


@pytest.mark.parametrize("path,status,message", [
    ("/products/999999999", 404, "Product with ID 999999999 not found or access denied"),
    ("/products/abc", 400, "Validation failed (numeric string is expected)"),
    ("/products/1.5", 400, "Validation failed (numeric string is expected)"),
    ("/products/sku/NOPE-1", 404, "Product with SKU NOPE-1 not found or access denied"),
    ("/products/category/999999999", 400, "Category not found or does not belong to you"),
    ("/products/family/999999999", 400, "Family not found or does not belong to you"),
    ("/products/attribute-group/999999999", 400, "Attribute group not found or does not belong to you"),
])
def test_what_is_not_there(tenant, path, status, message):
    assert messages(tenant.request("GET", path, status)) == [message]


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999", "-1", "0"])
def test_ids_that_no_product_can_have(tenant, number):
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("DELETE", "/permanent")):
        answer = tenant.request(method, f"/products/{number}{path}", json={} if method == "PATCH" else None)
        assert answer.status_code in (400, 404), (method, path, answer.text)


# --- validation --------------------------------------------------------------------------------------------------

NAME_LENGTH = "Product name must be between 1 and 100 characters"
SKU_LENGTH = "SKU must be between 4 and 40 characters"

REFUSED = [
    ({"name": None}, "name must be a string"),
    ({"name": 5}, "name must be a string"),
    ({"name": ""}, NAME_LENGTH),
    ({"name": "   "}, NAME_LENGTH),
    ({"name": "n" * 101}, NAME_LENGTH),
    ({"name": BOOT * 101}, NAME_LENGTH),
    ({"sku": None}, "sku must be a string"),
    ({"sku": ["a"]}, "sku must be a string"),
    ({"sku": "ABC"}, SKU_LENGTH),
    ({"sku": "  ABC   "}, SKU_LENGTH),
    ({"sku": "s" * 41}, SKU_LENGTH),
    ({"productLink": "not a url"}, "Product link must be a valid URL"),
    ({"productLink": "https://"}, "Product link must be a valid URL"),
    ({"productLink": "http://nodots"}, "Product link must be a valid URL"),
    ({"productLink": 7}, "Product link must be a valid URL"),
    ({"status": "weird"}, "Status must be one of: complete, incomplete"),
    ({"colour": "red"}, "property colour should not exist"),
    ({"isDeleted": True}, "property isDeleted should not exist"),
    ({"userId": 1}, "property userId should not exist"),
]
NAMED = [
    ({"imageUrl": 7}, "imageUrl"), ({"thumbnailUrl": {}}, "thumbnailUrl"), ({"subImages": "x"}, "subImages"),
    ({"subImages": [1]}, "subImages"), ({"thumbnailSubImages": {"a": 1}}, "thumbnailSubImages"),
    ({"categoryId": "abc"}, "categoryId"), ({"familyId": 1.5}, "familyId"), ({"attributeGroupId": []}, "attributeGroupId"),
    ({"attributes": "1"}, "attributes"), ({"attributes": ["x"]}, "attributes"),
    ({"attributesWithValues": [{"value": "x"}]}, "attributeId"), ({"attributesWithValues": {}}, "attributesWithValues"),
    ({"attributesWithValues": [{"attributeId": 1, "value": "x", "z": 1}]}, "z"),
    ({"familyAttributesWithValues": 1}, "familyAttributesWithValues"), ({"updateExisting": "yes"}, "updateExisting"),
    ({"parentSku": 5}, "parentSku"), ({"assets": "x"}, "assets"),
]


@pytest.mark.parametrize("wrong,message", REFUSED, ids=lambda value: str(value)[:40])
def test_each_rule_refuses_with_its_own_words(tenant, wrong, message):
    good = {"name": "Good", "sku": "GOOD-1"}
    answer = tenant.request("POST", "/products", 400, json=good | wrong)
    assert message in messages(answer)
    made = tenant.create(**good)
    if wrong != {"name": None} and wrong != {"sku": None}:
        assert message in messages(tenant.request("PATCH", f"/products/{made['id']}", 400, json=wrong))
    assert tenant.get("/products")["pagination"]["total"] == 1
    assert tenant.get(f"/products/{made['id']}") == made


@pytest.mark.parametrize("wrong,field", NAMED, ids=lambda value: str(value)[:40])
def test_a_wrong_type_names_its_field(tenant, wrong, field):
    answer = tenant.request("POST", "/products", 400, json={"name": "Good", "sku": "GOOD-1"} | wrong)
    assert any(field in message for message in messages(answer)), answer.text
    assert tenant.get("/products")["pagination"]["total"] == 0


def test_every_wrong_field_is_named_at_once(tenant):
    answer = tenant.request("POST", "/products", 400, json={"name": "", "sku": "A", "status": "x", "nope": 1})
    found = messages(answer)
    assert {NAME_LENGTH, SKU_LENGTH, "Status must be one of: complete, incomplete", "property nope should not exist"} <= set(found)
    assert answer.json()["error"] == "Bad Request"


@pytest.mark.parametrize("body", ["", "{", "null", "[]", '"x"', "1", '{"name":"a","sku":"ABCD"} x', '{"name":"\xff"}'.encode("latin-1"),
                                  "[" * 5000 + "]" * 5000, '{"name":' + '{"a":' * 500 + "1" + "}" * 501],
                         ids=lambda value: str(value)[:20])
def test_a_body_that_is_no_object_is_refused(tenant, body):
    answer = tenant.request("POST", "/products", 400, content=body, headers={"Content-Type": "application/json"})
    assert messages(answer)


@pytest.mark.parametrize("length", [1, 51, 100])
def test_lengths_are_counted_in_characters(tenant, length):
    made = tenant.create(name=BOOT * length, sku=BOOT * 4)
    assert made["name"] == BOOT * length
    assert tenant.get(f"/products/{made['id']}")["sku"] == BOOT * 4


def test_names_and_skus_are_trimmed(tenant):
    made = tenant.create(name="  padded  ", sku="  PADD-1\t")
    assert (made["name"], made["sku"]) == ("padded", "PADD-1")
    again = tenant.request("POST", "/products", 409, json={"name": "other", "sku": " PADD-1"})
    assert messages(again) == ['A product with SKU "PADD-1" already exists']
    assert tenant.update(made["id"], name="  anew ")["name"] == "anew"


@pytest.mark.parametrize("name", ["Grüße 日本 🥾", "a\"b\\c/d", "tab\there", "'; DROP TABLE \"Product\"; --", "\u202eltr", "%_\\%"])
def test_text_comes_back_as_it_was_sent(tenant, name):
    made = tenant.create(name=name)
    assert made["name"] == name
    assert tenant.get(f"/products/{made['id']}")["name"] == name
    assert tenant.get("/products")["data"][0]["name"] == name


@pytest.mark.parametrize("bad", ["%00", "a%00b", "%FF", "%C3", "%ED%A0%80"])
def test_what_is_no_text_is_refused_wherever_it_stands(tenant, bad):
    """A zero character, or bytes that are no UTF-8: PostgreSQL can't hold them, and that is no fault of the server's."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for method, path, body in (("GET", f"/products?search={bad}", None), ("GET", f"/products?status={bad}", None),
                               ("GET", f"/products/sku/{bad}", None), ("POST", "/products", f"name={bad}&sku=FORM-1")):
        answer = tenant.request(method, path, content=body, headers=form if body else None)
        assert answer.status_code in (400, 404), (method, path, answer.text)


def test_a_nul_character_is_refused_not_cut(tenant):
    assert messages(tenant.request("POST", "/products", 400, json={"name": "a\u0000b", "sku": "NULL-1"}))


def test_numeric_strings_are_taken_for_ids(tenant):
    category = tenant.category("Boots")
    assert tenant.create(categoryId=str(category))["categoryId"] == category


@pytest.mark.parametrize("link", ["https://shop.example/a?b=c#d", "shop.example/path", "http://sub.shop.example:8080/"])
def test_links_may_leave_out_the_scheme(tenant, link):
    assert tenant.create(productLink=link)["productLink"] == link


def test_references_to_another_tenants_things_are_refused_like_missing_ones(tenant, other_tenant):
    """D-04."""
    theirs = {"categoryId": other_tenant.category("C"), "familyId": other_tenant.family("F"),
              "attributeGroupId": other_tenant.attribute_group("G")}
    attribute, asset = other_tenant.attribute("a"), other_tenant.asset("x")
    theirs |= {"attributes": [attribute], "attributesWithValues": [{"attributeId": attribute, "value": "v"}],
               "assets": [asset]}
    mine = tenant.create()
    for field, value in theirs.items():
        for method, path in (("POST", "/products"), ("PATCH", f"/products/{mine['id']}")):
            body = ({"name": "New", "sku": "NEW-1"} if method == "POST" else {}) | {field: value}
            answer = tenant.request(method, path, json=body)
            assert answer.status_code == 400, (method, field, answer.text)
    assert tenant.get(f"/products/{mine['id']}") == mine
    assert tenant.get("/products")["pagination"]["total"] == 1, "a refused create left a product behind"

    parent = other_tenant.create(sku="THEIRS-1")
    answer = tenant.request("POST", "/products", 400, json={"name": "New", "sku": "NEW-1", "parentSku": "THEIRS-1"})
    assert messages(answer) == ['Parent product with SKU "THEIRS-1" not found']
    assert tenant.request("PATCH", f"/products/{mine['id']}", json={"parentProductId": parent["id"]}).status_code == 400


def test_family_values_want_a_family_that_has_the_attribute(tenant):
    color, note = tenant.attribute("color"), tenant.attribute("note")
    shoes = tenant.family("Shoes", required=(color,))
    values = [{"attributeId": note, "value": "x"}]
    answer = tenant.request("POST", "/products", 400, json={"name": "N", "sku": "NNNN", "familyAttributesWithValues": values})
    assert messages(answer) == ["Cannot set family attribute values without a family assigned"]
    answer = tenant.request("POST", "/products", 400,
                            json={"name": "N", "sku": "NNNN", "familyId": shoes, "familyAttributesWithValues": values})
    assert messages(answer) == [f"Attribute {note} is not part of the selected family"]
    made = tenant.create(familyId=shoes)
    answer = tenant.request("PATCH", f"/products/{made['id']}", 400, json={"familyAttributesWithValues": values})
    assert messages(answer) == [f"Attribute {note} is not part of the product's family"]


# --- uniqueness --------------------------------------------------------------------------------------------------

def test_sku_and_name_are_unique_in_one_tenant(tenant, other_tenant):
    """D-32: conflicts are 409, of a create and of an update."""
    first = tenant.create(name="Boot", sku="BOOT-1")
    answer = tenant.request("POST", "/products", 409, json={"name": "Other", "sku": "BOOT-1"})
    assert messages(answer) == ['A product with SKU "BOOT-1" already exists']
    assert answer.json()["error"] == "Conflict"
    answer = tenant.request("POST", "/products", 409, json={"name": "Boot", "sku": "BOOT-2"})
    assert messages(answer) == ["A product with this name already exists"]
    second = tenant.create(name="Shoe", sku="SHOE-1")
    assert tenant.request("PATCH", f"/products/{second['id']}", json={"sku": "BOOT-1"}).status_code == 409
    assert tenant.request("PATCH", f"/products/{second['id']}", json={"name": "Boot"}).status_code == 409
    assert tenant.get(f"/products/{second['id']}") == second
    assert tenant.update(first["id"], name="Boot", sku="BOOT-1")["id"] == first["id"]  # its own are no conflict
    other_tenant.create(name="Boot", sku="BOOT-1")


def test_one_of_many_that_race_for_a_sku_gets_it(service, tenant):
    """The database decides, not a look before the write."""
    start = threading.Barrier(8)

    def create(number: int) -> int:
        with service.client(tenant.token) as client:
            start.wait()
            return client.post("/products", json={"name": f"Racer {number}", "sku": "RACE-1"}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(create, range(8)))
    assert statuses == [201] + [409] * 7
    assert tenant.get("/products")["pagination"]["total"] == 1


def test_update_existing_writes_over_the_living_one(tenant):
    first = tenant.create(name="Boot", sku="BOOT-1", imageUrl="/a.png")
    again = tenant.create(name="Boot v2", sku="BOOT-1", updateExisting=True)
    assert (again["id"], again["name"], again["imageUrl"]) == (first["id"], "Boot v2", "/a.png")
    assert tenant.get("/products")["pagination"]["total"] == 1


# --- update ------------------------------------------------------------------------------------------------------

def test_what_is_not_sent_stays(tenant):
    made = tenant.create(name="Boot", sku="BOOT-1", imageUrl="/a.png", subImages=["/b.png"])
    changed = tenant.update(made["id"], name="Shoe")
    assert changed["name"] == "Shoe"
    assert {key: changed[key] for key in ("sku", "imageUrl", "subImages", "createdAt")} == \
           {key: made[key] for key in ("sku", "imageUrl", "subImages", "createdAt")}
    assert changed["updatedAt"] >= made["updatedAt"]
    assert tenant.get(f"/products/{made['id']}") == changed


def test_null_takes_a_link_away(tenant):
    category, family, group = tenant.category("C"), tenant.family("F"), tenant.attribute_group("G")
    made = tenant.create(categoryId=category, familyId=family, attributeGroupId=group)
    assert made["attributeGroup"] == {"id": group, "name": "G", "description": None}
    changed = tenant.update(made["id"], categoryId=None, familyId=None, attributeGroupId=None)
    assert (changed["categoryId"], changed["familyId"], changed["attributeGroupId"]) == (None, None, None)
    assert not {"category", "family", "attributeGroup"} & changed.keys()


def test_values_merge_and_a_list_of_attributes_replaces(tenant):
    a, b, c = (tenant.attribute(name) for name in "abc")
    made = tenant.create(attributesWithValues=[{"attributeId": a, "value": "1"}, {"attributeId": b, "value": "2"}])
    merged = tenant.update(made["id"], attributesWithValues=[{"attributeId": b, "value": "3"}, {"attributeId": c, "value": ""}])
    assert {x["name"]: x["value"] for x in merged["attributes"]} == {"a": "1", "b": "3", "c": None}
    replaced = tenant.update(made["id"], attributes=[b])
    assert {x["name"]: x["value"] for x in replaced["attributes"]} == {"b": "3"}


def test_a_refused_update_changes_nothing(tenant):
    """D-40: a request is one statement."""
    color = tenant.attribute("color")
    made = tenant.create(attributesWithValues=[{"attributeId": color, "value": "red"}])
    tenant.request("PATCH", f"/products/{made['id']}", 400,
                   json={"name": "Changed", "attributesWithValues": [{"attributeId": color, "value": "blue"},
                                                                     {"attributeId": 999999999, "value": "x"}]})
    assert tenant.get(f"/products/{made['id']}") == made


def test_etag_follows_the_content(tenant):
    made = tenant.create()
    path = f"/products/{made['id']}"
    first = tenant.request("GET", path, 200)
    assert first.headers["etag"] == tenant.request("GET", path, 200).headers["etag"]
    unchanged = tenant.request("GET", path, 304, headers={"If-None-Match": first.headers["etag"]})
    assert unchanged.content == b""
    tenant.update(made["id"], name="Changed")
    changed = tenant.request("GET", path, 200, headers={"If-None-Match": first.headers["etag"]})
    assert changed.headers["etag"] != first.headers["etag"]


# --- tenants and rights --------------------------------------------------------------------------------------------

def test_another_tenants_product_is_not_there(tenant, other_tenant):
    made = tenant.create(sku="MINE-1")
    for method, path, body in (("GET", "", None), ("PATCH", "", {"name": "Stolen"}), ("DELETE", "", None),
                               ("DELETE", "/permanent", None), ("POST", "/restore", None)):
        assert other_tenant.request(method, f"/products/{made['id']}{path}", json=body).status_code == 404, (method, path)
    assert other_tenant.request("GET", "/products/sku/MINE-1").status_code == 404
    assert other_tenant.ids() == []
    assert tenant.get(f"/products/{made['id']}") == made


# --- lists -------------------------------------------------------------------------------------------------------

def skus(api, path="/products", **params):
    return [item["sku"] for item in api.get(path, **({"limit": 100} | params))["data"]]


def test_the_newest_is_first_and_the_pager_tells_the_truth(tenant):
    made = [tenant.create()["id"] for _ in range(7)]
    page = tenant.get("/products", page=2, limit=3)
    assert [item["id"] for item in page["data"]] == made[::-1][3:6]
    wanted = {"page": 2, "limit": 3, "total": 7, "totalPages": 3, "hasNext": True, "hasPrev": True}
    assert page["pagination"] | wanted == page["pagination"]
    last = tenant.get("/products", page=3, limit=3)["pagination"]
    assert (last["hasNext"], last["hasPrev"]) == (False, True)
    beyond = tenant.get("/products", page=9, limit=3)
    assert beyond["data"] == [] and beyond["pagination"]["total"] == 7


def test_a_list_without_rows(tenant):
    page = tenant.get("/products")
    assert page["data"] == []
    wanted = {"page": 1, "limit": 10, "total": 0, "totalPages": 0, "hasNext": False, "hasPrev": False}
    assert page["pagination"] | wanted == page["pagination"]


@pytest.mark.parametrize("sent,effective", [({}, (1, 10)), ({"limit": 1000}, (1, 100)), ({"page": 0}, (1, 10)),
                                            ({"page": -3, "limit": 5}, (1, 5)), ({"limit": 0}, (1, 1))])
def test_the_pager_echoes_what_was_used(tenant, sent, effective):
    """D-31."""
    pagination = tenant.get("/products", **sent)["pagination"]
    assert (pagination["page"], pagination["limit"]) == effective


@pytest.mark.parametrize("path", ["/products", "/products/deleted"])
@pytest.mark.parametrize("name,value", [("page", "abc"), ("limit", "abc"), ("page", "1.5"), ("limit", "1e2"),
                                        ("page", "99999999999999999999"), ("limit", " 5")])
def test_a_wrong_page_or_limit_is_named(tenant, path, name, value):
    """D-31."""
    answer = tenant.request("GET", path, 400, params={name: value})
    assert any(name in message for message in messages(answer))


@pytest.mark.parametrize("name", ["categoryId", "familyId", "attributeGroupId", "attributeIds"])
def test_a_wrong_filter_is_named(tenant, name):
    answer = tenant.request("GET", "/products", 400, params={name: "abc"})
    assert any(name in message for message in messages(answer))


def test_search_is_for_text_in_name_or_sku_whatever_the_case(tenant):
    tenant.create(name="Red Walking Boot", sku="RWB-0001")
    tenant.create(name="Blue shoe", sku="BOOTLIKE-2")
    tenant.create(name="Grüße aus Köln", sku="GREET-1")
    assert sorted(skus(tenant, search="bOOt")) == ["BOOTLIKE-2", "RWB-0001"]
    assert skus(tenant, search="walking b") == ["RWB-0001"]
    assert skus(tenant, search="rwb-0001") == ["RWB-0001"]
    assert skus(tenant, search="GRÜSSE") in ([], ["GREET-1"])
    assert skus(tenant, search="GRÜßE") == ["GREET-1"]
    assert skus(tenant, search="nothing like it") == []
    assert tenant.get("/products", search="boot")["pagination"]["total"] == 2


@pytest.mark.parametrize("literal", ["%", "_", "100%", "a_b", "\\", "a\\b", "%%%", "___", "'; --"])
def test_search_takes_every_character_literally(tenant, literal):
    tenant.create(name="Plain words 100 aab", sku="PLAIN-1")
    tenant.create(name=f"{literal} is in here", sku="MATCH-1")
    assert skus(tenant, search=literal) == ["MATCH-1"]


def test_short_searches_match_how_names_and_skus_begin(tenant):
    tenant.create(name="Zq walker", sku="WALK-1")
    tenant.create(name="Runner", sku="zQ-1")
    tenant.create(name="Other", sku="OTHER-1")
    assert sorted(skus(tenant, search="zq")) == ["WALK-1", "zQ-1"]
    assert sorted(skus(tenant, search="Z")) == ["WALK-1", "zQ-1"]


def test_filters(tenant):
    color = tenant.attribute("color")
    boots, shoes = tenant.category("Boots"), tenant.family("Shoes", required=(color,))
    group = tenant.attribute_group("G")
    red = [{"attributeId": color, "value": "red"}]
    tenant.create(sku="BOTH", categoryId=boots, familyId=shoes, familyAttributesWithValues=red)
    tenant.create(sku="BOOT", categoryId=boots, attributeGroupId=group)
    tenant.create(sku="SHOE", familyId=shoes)
    tenant.create(sku="NONE")
    tenant.create(sku="CUSTOM", attributesWithValues=red)
    expected = {
        ("status", "complete"): {"BOTH"}, ("status", "incomplete"): {"BOOT", "SHOE", "NONE", "CUSTOM"},
        ("categoryId", boots): {"BOTH", "BOOT"}, ("categoryId", "null"): {"SHOE", "NONE", "CUSTOM"},
        ("familyId", shoes): {"BOTH", "SHOE"}, ("familyId", "null"): {"BOOT", "NONE", "CUSTOM"},
        ("attributeGroupId", group): {"BOOT"}, ("attributeGroupId", "null"): {"BOTH", "SHOE", "NONE", "CUSTOM"},
        ("attributeIds", color): {"BOTH", "SHOE", "CUSTOM"},
        ("categoryId", 999999999): set(),
    }
    for (name, value), found in expected.items():
        page = tenant.get("/products", **{name: value})
        assert {item["sku"] for item in page["data"]} == found, (name, value)
        assert page["pagination"]["total"] == len(found), (name, value)
    # They narrow each other, and the search too.
    assert skus(tenant, categoryId=boots, familyId=shoes) == ["BOTH"]
    assert skus(tenant, attributeIds=color, search="custom") == ["CUSTOM"]
    assert skus(tenant, categoryId="null", familyId="null", status="incomplete", search="none") == ["NONE"]
    assert len(skus(tenant, unknown="ignored")) == 5


def test_lists_of_one_category_family_group_or_attribute_have_variants_too(tenant):
    """D-22: by attribute too."""
    color = tenant.attribute("color")
    boots, shoes, group = tenant.category("Boots"), tenant.family("Shoes", required=(color,)), tenant.attribute_group("G")
    parent = tenant.create(sku="PARENT", categoryId=boots, familyId=shoes, attributeGroupId=group,
                           familyAttributesWithValues=[{"attributeId": color, "value": "red"}])
    child = tenant.create(sku="CHILD", parentSku="PARENT", categoryId=boots, attributeGroupId=group)
    tenant.create(sku="STRANGER")
    for path in (f"category/{boots}", f"family/{shoes}", f"attribute-group/{group}", f"attribute/{color}"):
        page = tenant.get(f"/products/{path}")
        assert [item["id"] for item in page["data"]] == [child["id"], parent["id"]], path
        assert page["pagination"]["total"] == 2, path
        assert skus(tenant, f"/products/{path}", sortBy="sku", sortOrder="asc") == ["CHILD", "PARENT"], path
        assert len(tenant.get(f"/products/{path}", limit=1)["data"]) == 1, path


SORTABLE = ["id", "name", "sku", "productLink", "imageUrl", "status", "categoryId", "attributeGroupId", "familyId", "userId",
            "createdAt", "updatedAt", "categoryName", "attributeGroupName", "familyName"]


@pytest.fixture
def mixed_catalogue(tenant):
    """Nine products whose order differs by almost every key, some of them with nothing in it."""
    color = tenant.attribute("color")
    categories = [tenant.category(name) for name in ("Zebra", "Apple", "Mango")]
    families = [tenant.family(name, required=(color,)) for name in ("Quince", "Banana", "Cherry")]
    groups = [tenant.attribute_group(name) for name in ("Water", "Fire", "Earth")]
    for n in range(9):
        tenant.create(name=f"Item {(n * 5) % 9}", sku=f"SORT-{(n * 7) % 9}",
                      **({"categoryId": categories[n % 3]} if n != 4 else {}),
                      **({"familyId": families[n // 3]} if n != 5 else {}),
                      **({"attributeGroupId": groups[(n + n // 3) % 3]} if n != 6 else {}),
                      **({"imageUrl": f"/{(n * 2) % 9}.png"} if n % 4 else {}),
                      **({"productLink": f"https://shop.example/{(n * 4) % 9}"} if n % 5 else {}))
    return tenant


@pytest.mark.parametrize("key", SORTABLE)
def test_every_sort_key_in_both_directions(mixed_catalogue, key):
    """D-64: the id decides between equals, so that pages are stable."""
    def value(item):
        if key.endswith("Name"):
            return item.get(key.removesuffix("Name"), {}).get("name")
        return item[key]

    up = mixed_catalogue.get("/products", sortBy=key, sortOrder="asc", limit=100)["data"]
    down = mixed_catalogue.get("/products", sortBy=key, sortOrder="desc", limit=100)["data"]
    assert len(up) == len(down) == 9
    present = [value(item) for item in up if value(item) is not None]
    assert present == sorted(present)
    present = [value(item) for item in down if value(item) is not None]
    assert present == sorted(present, reverse=True)
    # Pages of the same order, one after the other, have each row once.
    paged = [item["id"] for page in (1, 2, 3)
             for item in mixed_catalogue.get("/products", sortBy=key, sortOrder="asc", limit=4, page=page)["data"]]
    assert paged == [item["id"] for item in up]


@pytest.mark.parametrize("kind,key", [("categories", "categoryName"), ("families", "familyName"), ("attribute-groups", "attributeGroupName")])
def test_an_order_by_a_name_is_the_same_with_and_without_a_filter(mixed_catalogue, kind, key):
    """Those whose category, family or group is in the trash are among those that have none: the last, or, descending, the first."""
    def both(**query):
        pages = [mixed_catalogue.get("/products", sortBy=key, **query), mixed_catalogue.get("/products", sortBy=key, includeVariants="true", **query)]
        assert pages[0] == pages[1]
        return [item["id"] for item in pages[0]["data"]]

    def look():
        up = both(sortOrder="asc")
        assert both(sortOrder="desc") == up[::-1] and both(sortOrder="asc", limit=4, page=2) == up[4:8]

    look()
    mixed_catalogue.request("DELETE", f"/{kind}/{mixed_catalogue.get(f'/{kind}')['data'][0]['id']}", 200)
    look()


def test_other_sort_keys_mean_the_newest_first(mixed_catalogue):
    newest = mixed_catalogue.ids()
    assert newest == sorted(newest, reverse=True)
    assert mixed_catalogue.ids(sortBy="password; DROP TABLE", sortOrder="asc") == newest
    assert mixed_catalogue.ids(sortOrder="asc") == newest
    assert mixed_catalogue.ids(sortBy="id", sortOrder="sideways") == newest


# --- paging by cursor ------------------------------------------------------------------------------------------------

def walk(api, path="/products", after_each_page=lambda: None, **params) -> list[int]:
    """All ids of a list, page by page along the cursors."""
    seen, cursor = [], None
    for _ in range(1000):
        page = api.get(path, **params, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page["data"]]
        cursor = page["pagination"].get("nextCursor")
        if not cursor:
            return seen
        after_each_page()
    raise AssertionError("the cursors never end")


@pytest.mark.parametrize("filters", [{}, {"search": "item"}, {"status": "incomplete"}, {"categoryId": "null"}], ids=str)
def test_a_cursor_meets_each_row_once_while_others_come(mixed_catalogue, filters):
    before = set(mixed_catalogue.ids(**filters))
    number = iter(range(1000))
    seen = walk(mixed_catalogue, limit=2, **filters,
                after_each_page=lambda: mixed_catalogue.create(name=f"Late item {next(number)}"))
    assert len(seen) == len(set(seen)), "a row was met twice"
    assert before <= set(seen), "a row was passed over"


def test_a_cursor_walks_the_other_lists_too(tenant):
    category = tenant.category("C")
    made = [tenant.create(categoryId=category)["id"] for _ in range(5)][::-1]
    assert walk(tenant, f"/products/category/{category}", limit=2) == made
    for number in made[::-1]:
        tenant.delete(number)
    assert walk(tenant, "/products/deleted", limit=2) == made


def test_a_cursor_meets_each_row_once_while_met_ones_go(mixed_catalogue):
    before = mixed_catalogue.ids()
    gone = []

    def delete_the_first():
        gone.append(before[len(gone)])
        mixed_catalogue.delete(gone[-1])

    assert walk(mixed_catalogue, limit=2, after_each_page=delete_the_first) == before


def test_cursors_and_pages_give_the_same_order(mixed_catalogue):
    assert walk(mixed_catalogue, limit=4) == mixed_catalogue.ids()


def test_a_cursor_goes_with_the_newest_first_only(mixed_catalogue):
    """And says so, instead of giving the wrong rows."""
    cursor = mixed_catalogue.get("/products", limit=2)["pagination"]["nextCursor"]
    assert mixed_catalogue.get("/products", limit=2, sortBy="name")["pagination"].get("nextCursor") is None
    answer = mixed_catalogue.request("GET", "/products", 400, params={"cursor": cursor, "sortBy": "name"})
    assert any("cursor" in message for message in messages(answer))


@pytest.mark.parametrize("cursor", ["x", "!!!", "AAAA", "e30=", "99999999999999999999", "' OR 1=1 --"])
def test_a_cursor_that_we_did_not_give_is_refused(tenant, cursor):
    tenant.create()
    answer = tenant.request("GET", "/products", 400, params={"cursor": cursor})
    assert any("cursor" in message for message in messages(answer))


# --- totals ------------------------------------------------------------------------------------------------------

def test_totals_are_exact_whatever_happens(service, tenant, database):
    """Many writers at once, through the server and behind its back."""

    def busy(worker: int):
        with service.client(tenant.token) as client:
            for n in range(8):
                made = client.post("/products", json={"name": f"T {worker} {n}", "sku": f"TOT-{worker}-{n}"}).json()
                if n % 2:
                    assert client.delete(f"/products/{made['id']}").status_code == 200
                if n % 4 == 3:
                    assert client.post(f"/products/{made['id']}/restore").status_code == 200

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(busy, range(6)))
    database.execute('DELETE FROM "Product" WHERE "userId" = %s AND sku = %s', (tenant.id, "TOT-0-0"))
    database.execute('''INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('By psql', 'PSQL-1', %s, now()),
                        ('By psql 2', 'PSQL-2', %s, now())''', (tenant.id, tenant.id))
    living, trashed = database.execute('''SELECT count(*) FILTER (WHERE NOT "isDeleted"), count(*) FILTER (WHERE "isDeleted")
                                          FROM "Product" WHERE "userId" = %s''', (tenant.id,)).fetchone()
    assert (living, trashed) == (6 * 6 + 1, 6 * 2)
    assert tenant.get("/products")["pagination"]["total"] == living
    assert tenant.trash()["pagination"]["total"] == trashed
    assert len(walk(tenant, limit=7)) == living
