"""Attributes: their types with units, options and defaults, lists, changes of type, suggestions, and their trash."""

import concurrent.futures

import pytest

from tenants import Tenant, new_tenant

ISO = "%Y-%m-%dT%H:%M:%S.%fZ"
STORED = ["STRING", "TEXT", "HTML", "EMAIL", "URL", "PHONE", "COLOR", "INTEGER", "NUMBER", "FLOAT", "CURRENCY", "PERCENTAGE",
          "BOOLEAN", "DATE", "DATETIME", "TIME", "JSON", "ARRAY", "FILE", "IMAGE", "ENUM"]
FRIENDLY = {"Short Text": "STRING", "Paragraph": "TEXT", "HTML": "HTML", "Integer": "INTEGER", "Decimal": "NUMBER",
            "Dropdown": "ENUM", "Multiselect": "ARRAY", "Date": "DATE", "URL": "URL", "Boolean": "BOOLEAN"}
FIELDS = {"id", "name", "type", "userFriendlyType", "unit", "options", "defaultValue", "userId", "createdAt", "updatedAt",
          "attributeGroups"}
MISSING = 999_999_999


def make(tenant: Tenant, name: str, type: str = "STRING", expect: int = 201, **fields) -> dict:
    return tenant.request("POST", "/attributes", expect, json={"name": name, "type": type} | fields).json()


def change(tenant: Tenant, attribute: int, expect: int = 200, force: bool | None = None, **fields) -> dict:
    params = {} if force is None else {"force": str(force).lower()}
    return tenant.request("PATCH", f"/attributes/{attribute}", expect, json=fields, params=params).json()


def find(tenant: Tenant, attribute: int, expect: int = 200) -> dict:
    return tenant.get(f"/attributes/{attribute}", expect)


def names(tenant: Tenant, **params) -> list[str]:
    return [item["name"] for item in tenant.get("/attributes", **({"limit": 100} | params))["data"]]


def give(tenant: Tenant, attribute: int, value: str | None, **fields) -> int:
    """A product with that value."""
    return tenant.create(attributesWithValues=[{"attributeId": attribute, "value": value}], **fields)["id"]


def value_of(tenant: Tenant, product: int, attribute: int):
    return {a["id"]: a["value"] for a in tenant.get(f"/products/{product}")["attributes"]}.get(attribute)


@pytest.fixture(scope="module")
def shop(service, database) -> Tenant:
    """One tenant for all the tests that ask what is taken and what is refused; they use up names."""
    return new_tenant(service, database, "shop")


@pytest.fixture
def clean(shop) -> Tenant:
    """The same, without an attribute."""
    shop.request("POST", "/attributes/bulk-delete", 200, json={"all": True})
    return shop


# --- making one -----------------------------------------------------------------------------------------------------------

def test_an_attribute_is_made_and_read(tenant):
    made = make(tenant, "  Net weight_1-a ", "Decimal", defaultValue=1.5, unit=" kg ")
    assert set(made) == FIELDS
    assert (made["name"], made["type"], made["userFriendlyType"]) == ("Net weight_1-a", "NUMBER", "Decimal")
    assert (made["unit"], made["options"], made["defaultValue"], made["attributeGroups"]) == ("kg", None, 1.5, [])
    assert made["userId"] == tenant.id and made["createdAt"] == made["updatedAt"] and made["createdAt"].endswith("Z")
    assert find(tenant, made["id"]) == made
    [event] = tenant.events(made["id"])
    assert event["action"] == "attribute.create" and event["detail"] == {"name": made["name"], "type": "NUMBER"}


@pytest.mark.parametrize("given", [*FRIENDLY, *STORED])
def test_every_type_is_known_by_both_names(clean, given):
    made = make(clean, "one", given)
    stored = FRIENDLY.get(given, given)
    shown = {stored: name for name, stored in FRIENDLY.items()}.get(stored, stored)
    assert (made["type"], made["userFriendlyType"]) == (stored, shown)


NAME = "Attribute name must be between 1 and 30 characters"
LETTERS = "Attribute name can only contain letters, numbers, spaces, hyphens, and underscores"
REQUIRED = "Attribute name is required"
TYPE = f"Type must be one of: {', '.join(FRIENDLY)} or {', '.join(STORED)}"


@pytest.mark.parametrize("body,messages", [
    ({"type": "STRING"}, [LETTERS, NAME, REQUIRED, "name must be a string"]),
    ({"name": None, "type": "STRING"}, [LETTERS, NAME, REQUIRED, "name must be a string"]),
    ({"name": 7, "type": "STRING"}, [LETTERS, NAME, REQUIRED, "name must be a string"]),
    ({"name": " \t ", "type": "STRING"}, [LETTERS, NAME, REQUIRED]),
    ({"name": "x" * 31, "type": "STRING"}, [NAME]),
    ({"name": "a/b", "type": "STRING"}, [LETTERS]),
    ({"name": "Größe", "type": "STRING"}, [LETTERS]),
    ({"name": "a"}, [TYPE]),
    ({"name": "a", "type": "string"}, [TYPE]),
    ({"name": "a", "type": 7}, [TYPE]),
    ({"name": "a", "type": "STRING", "more": 1}, ["property more should not exist"]),
    ({"name": "a", "type": "STRING", "userId": 1}, ["property userId should not exist"]),
    ({"name": "a", "type": "STRING", "unit": 5}, ["unit must be a string"]),
    ({"name": "a", "type": "STRING", "unit": "x" * 31}, ["unit must be shorter than or equal to 30 characters"]),
    ({"name": "a", "type": "STRING", "unit": "k\0g"}, ["unit must not contain a zero character"]),
    ({"name": "a", "type": "STRING", "options": ["x"]}, ["options are only for the types Dropdown and Multiselect"]),
    ({"name": "a", "type": "ENUM", "options": "x"}, ["options must be an array"]),
    ({"name": "a", "type": "ENUM", "options": [1]}, ["each value in options must be a string that is not empty"]),
    ({"name": "a", "type": "ENUM", "options": [" "]}, ["each value in options must be a string that is not empty"]),
    ({"name": "a", "type": "ENUM", "options": ["x", " x"]}, ['options has "x" twice']),
    ({"name": "a", "type": "ENUM", "options": ["x" * 256]},
     ["each value in options must be shorter than or equal to 255 characters"]),
    ({"name": "a", "type": "ENUM", "options": [str(n) for n in range(1001)]}, ["options must contain no more than 1000 elements"]),
    ({"name": "a", "type": "ENUM", "options": ["x"], "defaultValue": "y"}, ["defaultValue must be one of: x"]),
    ({"name": "a", "type": "ENUM", "options": ["x"], "defaultValue": ["x"]}, ["defaultValue must be a single value"]),
    ({"name": "a", "type": "STRING", "defaultValue": {"x": 1}}, ["defaultValue must be a single value"]),
    ({"name": "a", "type": "STRING", "defaultValue": "a\0b"}, ["defaultValue must not contain a zero character"]),
    ([], ["The body must be a JSON object"]),
])
def test_what_is_wrong_is_named(clean, body, messages):
    answer = clean.request("POST", "/attributes", 400, json=body).json()
    assert answer["message"] == messages
    assert names(clean) == []


def test_a_name_is_taken_once_for_each_tenant(tenant, other_tenant):
    make(tenant, "color")
    taken = make(tenant, "color", expect=409)
    assert (taken["message"], taken["code"]) == ("An attribute with this name already exists", "attribute.name_taken")
    other = make(tenant, "size")["id"]
    assert change(tenant, other, 409, name="color")["message"] == "An attribute with this name already exists"
    make(other_tenant, "color")


def test_of_64_who_make_the_same_attribute_one_does(tenant):
    """D-40: the constraint decides, nobody gets an error of the server."""
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: tenant.request("POST", "/attributes", json={"name": "one", "type": "TEXT"}).status_code,
                                range(64)))
    assert sorted(answers) == [201] + [409] * 63
    assert names(tenant) == ["one"]


# --- values ---------------------------------------------------------------------------------------------------------------

# type, options: values that are taken, with what they become, and values that are not
VALUES = {
    "STRING": ([("any", "any"), (7, "7"), (True, "true"), ("  kept  ", "  kept  ")], []),
    "TEXT": ([("two\nlines", "two\nlines")], []),
    "HTML": ([("<b>x</b>", "<b>x</b>")], ["<script>x</script>", "< SCRIPT src=x>", '<a href="javascript:x">', "JavaScript :x"]),
    "EMAIL": ([("a@b.example", "a@b.example")], ["a@b", "a b@c.example", "@b.example"]),
    "URL": ([("https://shop.example/x?y=1", "https://shop.example/x?y=1"), ("shop.example", "shop.example")],
            ["not a url", "http://", "x", "javascript:alert(1)"]),
    "PHONE": ([("+49 (30) 123-4567", "+49 (30) 123-4567")], ["0049", "12a", "+", "1234567890123456789"]),
    "COLOR": ([("#fff", "#fff"), ("#1A2b3c", "#1A2b3c"), ("rgb(1, 2, 3)", "rgb(1, 2, 3)"), ("rgba(1,2,3,.5)", "rgba(1,2,3,.5)"),
               ("rebeccapurple", "rebeccapurple")], ["#ff", "#ggg", "rgb(1", "red!"]),
    "INTEGER": ([(42, 42), ("-7", -7), ("+7", 7), (" 8 ", 8), (10**17, 10**17)], [1.5, "1.0", "x", "1e3", True, 10**30]),
    "NUMBER": ([(1.5, 1.5), ("-2", -2), ("1e3", 1000.0), (".5", 0.5), (1e21, 1e21)], ["x", "1,5", "NaN", "Infinity", "1.2.3", True]),
    "FLOAT": ([(0.1, 0.1), ("7.", 7)], ["x", "--1"]),
    "CURRENCY": ([(19.9, 19.9), ("1.005", 1.01), (7, 7)], ["x", "€5", "1.2.3"]),
    "PERCENTAGE": ([(0, 0), (100, 100), ("12.5", 12.5)], [-1, 100.1, "x", "50%"]),
    "BOOLEAN": ([(True, True), ("yes", True), ("ON", True), (1, True), (False, False), ("no", False), ("off", False), ("0", False)],
                ["maybe", 2, "y"]),
    "DATE": ([("2026-11-25", "2026-11-25"), ("2026-11-25T10:00:00Z", "2026-11-25"), ("2024-02-29", "2024-02-29")],
             ["2026-02-29", "25.11.2026", "2026-13-01", "2026-11-25x", 20261125]),
    "DATETIME": ([("2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"), ("2026-11-25 10:00", "2026-11-25 10:00"),
                  ("2026-11-25T10:00:00.123+01:00", "2026-11-25T10:00:00.123+01:00")],
                 ["2026-11-25", "2026-11-25T24:00", "2026-02-30T10:00:00Z", "now"]),
    "TIME": ([("09:30", "09:30"), ("23:59:59", "23:59:59")], ["9:30", "24:00", "12:60", "noon"]),
    "JSON": ([({"a": [1.5, None, True]}, {"a": [1.5, None, True]}), ([1], [1]), ('{"b":2}', {"b": 2}), ("7", 7)], ["{", "nope", "'a'"]),
    "ARRAY": ([(["a", "b, c"], ["a", "b, c"]), ("a, b ,", ["a", "b"]), ("[]", [])], ["[1", {"a": 1}]),
    "FILE": ([("manual.pdf", "manual.pdf")], []),
    "IMAGE": ([("/uploads/1/x.png", "/uploads/1/x.png")], []),
    "ENUM": ([("Red", "Red"), (7, "7")], [["Red"], {"a": 1}]),
}


@pytest.mark.parametrize("type", STORED)
def test_a_default_is_of_its_type(clean, type):
    """D-27: every type takes what fits it, in one form, as JSON of its type, and refuses the rest."""
    taken, refused = VALUES[type]
    for number, (given, becomes) in enumerate(taken):
        default = make(clean, f"good {number}", type, defaultValue=given)["defaultValue"]
        assert (default, default.__class__ is bool) == (becomes, becomes.__class__ is bool), given
    attribute = make(clean, "any", type)["id"]
    for given in refused:
        answer = make(clean, "bad", type, 400, defaultValue=given)
        [message] = answer["message"]
        assert message.startswith("defaultValue must"), given
        assert change(clean, attribute, 400, defaultValue=given)["message"] == [message]
    assert find(clean, attribute)["defaultValue"] is None
    for nothing in (None, "", "  ") if type not in ("STRING", "TEXT", "FILE", "IMAGE", "HTML", "ENUM") else (None, ""):
        assert change(clean, attribute, defaultValue=nothing)["defaultValue"] is None


def test_there_is_a_table_for_every_type():
    assert list(VALUES) == STORED


def test_options_say_what_may_be_chosen(tenant):
    """D-27: ENUM and ARRAY have options."""
    colour = make(tenant, "colour", "Dropdown", options=[" Red ", "Blue", "a, b"], defaultValue="a, b")
    assert (colour["options"], colour["defaultValue"]) == (["Red", "Blue", "a, b"], "a, b")
    tags = make(tenant, "tags", "Multiselect", options=["new", "sale"], defaultValue=["sale", "new"])
    assert (tags["options"], tags["defaultValue"]) == (["new", "sale"], ["sale", "new"])
    assert change(tenant, tags["id"], 400, defaultValue="new, old")["message"] == ["defaultValue must be of: new, sale"]
    for nothing in (None, []):
        assert change(tenant, tags["id"], options=nothing)["options"] is None
        assert change(tenant, tags["id"], options=["new", "sale"])["options"] == ["new", "sale"]


# --- reading --------------------------------------------------------------------------------------------------------------

def test_the_types_are_listed(clean):
    answer = clean.get("/attributes/types")
    assert answer["userFriendlyTypes"] == list(FRIENDLY) and answer["typeMapping"] == FRIENDLY and answer["types"] == STORED
    assert answer["description"].startswith("Available attribute types")


@pytest.fixture(scope="module")
def listed(service, database):
    """A tenant with four attributes, the first in a group."""
    tenant = new_tenant(service, database, "listed")
    for name, type, fields in (("Brand", "STRING", {"defaultValue": "Acme"}), ("area", "NUMBER", {}), ("Colour", "ENUM", {}),
                               ("100% cotton".replace("%", " pct"), "BOOLEAN", {"defaultValue": False})):
        make(tenant, name, type, **fields)
    group = tenant.request("POST", "/attribute-groups", 201, json={
        "name": "Basics", "description": "d", "attributes": [{"attributeId": tenant.get("/attributes", search="brand")["data"][0]["id"],
                                                              "required": True, "defaultValue": "X"}]}).json()
    tenant.group = group["id"]
    return tenant


@pytest.mark.parametrize("params,expected", [
    ({}, ["100 pct cotton", "area", "Brand", "Colour"]),
    ({"sortOrder": "desc"}, ["Colour", "Brand", "area", "100 pct cotton"]),
    ({"sortBy": "type"}, ["100 pct cotton", "Colour", "area", "Brand"]),
    ({"sortBy": "createdAt"}, ["Brand", "area", "Colour", "100 pct cotton"]),
    ({"sortBy": "updatedAt", "sortOrder": "desc"}, ["100 pct cotton", "Colour", "area", "Brand"]),
    ({"sortBy": "totalAttributes", "sortOrder": "desc", "limit": 1}, ["Brand"]),
    ({"dateFilter": "oldest", "sortBy": "name"}, ["Brand", "area", "Colour", "100 pct cotton"]),
    ({"dateFilter": "latest", "limit": 2}, ["100 pct cotton", "Colour"]),
    ({"search": "R"}, ["area", "Brand", "Colour"]),
    ({"search": "%"}, []),
    ({"search": "_"}, []),
    ({"search": ""}, ["100 pct cotton", "area", "Brand", "Colour"]),
    ({"userFriendlyType": "Dropdown"}, ["Colour"]),
    ({"userFriendlyType": "NUMBER"}, ["area"]),
    ({"hasDefaultValue": "true"}, ["100 pct cotton", "Brand"]),
    ({"hasDefaultValue": "false"}, ["area", "Colour"]),
    ({"inGroups": "true"}, ["Brand"]),
    ({"inGroups": "false", "search": "a"}, ["area"]),
    ({"createdAfter": "2020-01-01", "createdBefore": "2999-01-01T00:00:00Z"}, ["100 pct cotton", "area", "Brand", "Colour"]),
    ({"createdAfter": "2999-01-01"}, []),
    ({"createdBefore": "2020-01-01"}, []),
    ({"page": 2, "limit": 3}, ["Colour"]),
    ({"page": 9}, []),
])
def test_lists_are_filtered_and_sorted(listed, params, expected):
    """D-29, D-65: by the database, so that totals are exact whatever the page."""
    answer = listed.get("/attributes", **params)
    assert [item["name"] for item in answer["data"]] == expected
    assert all(set(item) == FIELDS for item in answer["data"])
    limits = {key: value for key, value in params.items() if key not in ("page", "limit")}
    everything = listed.get("/attributes", **(limits | {"limit": 100}))["data"]
    assert answer["pagination"]["total"] == len(everything)
    page, limit = params.get("page", 1), params.get("limit", 10)
    assert (answer["pagination"]["page"], answer["pagination"]["limit"]) == (page, limit)


def test_an_attribute_shows_the_groups_that_it_is_in(listed):
    [brand] = listed.get("/attributes", inGroups="true")["data"]
    [link] = find(listed, brand["id"])["attributeGroups"]
    assert link.pop("id") and link.pop("createdAt").endswith("Z")
    assert link == {"attributeId": brand["id"], "attributeGroupId": listed.group, "required": True, "defaultValue": "X",
                    "attributeGroup": {"id": listed.group, "name": "Basics", "description": "d"}}
    listed.request("DELETE", f"/attribute-groups/{listed.group}", 200)
    assert find(listed, brand["id"])["attributeGroups"] == [], "D-12: a group in the trash does not show"
    assert names(listed, inGroups="true") == []
    listed.request("POST", f"/attribute-groups/{listed.group}/restore", 200)
    assert len(find(listed, brand["id"])["attributeGroups"]) == 1


@pytest.mark.parametrize("params,name", [
    ({"page": "abc"}, "page"), ({"limit": "1.5"}, "limit"), ({"page": "99999999999"}, "page"), ({"more": "1"}, "more"),
    ({"sortBy": "userId"}, "sortBy"), ({"sortOrder": "up"}, "sortOrder"), ({"dateFilter": "today"}, "dateFilter"),
    ({"hasDefaultValue": "1"}, "hasDefaultValue"), ({"inGroups": "yes"}, "inGroups"), ({"createdAfter": "soon"}, "createdAfter"),
    ({"createdBefore": "2026-02-30"}, "createdBefore"), ({"userFriendlyType": "Number"}, "userFriendlyType")])
def test_a_wrong_parameter_is_named(clean, params, name):
    """D-31: 400 with the parameter's name."""
    [message] = clean.get("/attributes", 400, **params)["message"]
    assert name in message


@pytest.mark.parametrize("given,used", [({"page": 0}, (1, 10)), ({"page": -5, "limit": 0}, (1, 1)), ({"limit": 1000}, (1, 100))])
def test_pagination_says_what_was_used(clean, given, used):
    """D-31."""
    for path in ("/attributes", "/attributes/with-product-counts"):
        pagination = clean.get(path, **given)["pagination"]
        assert (pagination["page"], pagination["limit"]) == used


def test_products_are_counted_among_the_living(tenant):
    attribute = make(tenant, "color")["id"]
    make(tenant, "unused")
    first, second = give(tenant, attribute, "red"), give(tenant, attribute, None)

    def counts():
        answer = tenant.get("/attributes/with-product-counts")
        assert answer["pagination"]["total"] == 2 and all(set(item) == FIELDS | {"productCount"} for item in answer["data"])
        return {item["name"]: item["productCount"] for item in answer["data"]}

    assert counts() == {"color": 2, "unused": 0}
    tenant.delete(second)
    assert counts() == {"color": 1, "unused": 0}
    tenant.restore(second)
    tenant.delete(first)
    assert counts() == {"color": 1, "unused": 0}
    assert tenant.get("/attributes/with-product-counts", page=2, limit=1)["data"][0]["name"] == "unused"


@pytest.mark.parametrize("method,path", [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("DELETE", "/permanent")])
def test_missing_and_foreign_are_404(clean, listed, method, path):
    tenant, other_tenant = clean, listed
    mine = make(tenant, "mine", defaultValue="x")
    for attribute in (mine["id"], MISSING, 99999999999):
        answer = other_tenant.request(method, f"/attributes/{attribute}{path}", 404, json={"name": "taken"} if method == "PATCH" else None)
        expected = "Soft-deleted attribute with ID {} not found" if path else "Attribute with ID {} not found or access denied"
        assert answer.json()["message"] == expected.format(attribute)
    answer = other_tenant.request(method, f"/attributes/abc{path}", 400, json={} if method == "PATCH" else None)
    assert answer.json()["message"] == "Validation failed (numeric string is expected)"
    assert find(tenant, mine["id"]) == mine


# --- changing -------------------------------------------------------------------------------------------------------------

def test_what_is_absent_stays(tenant):
    made = make(tenant, "weight", "NUMBER", unit="kg", defaultValue=2)
    assert change(tenant, made["id"]) == made
    changed = change(tenant, made["id"], name="mass")
    assert changed == made | {"name": "mass", "updatedAt": changed["updatedAt"]} and changed["updatedAt"] > made["updatedAt"]
    changed = change(tenant, made["id"], unit=None, defaultValue=None)
    assert (changed["unit"], changed["defaultValue"], changed["type"]) == (None, None, "NUMBER")
    event = tenant.events(made["id"])[-1]
    assert event["action"] == "attribute.update"
    assert event["detail"] == {"name": "mass", "fields": ["unit", "defaultValue"],
                               "before": {"name": "mass", "type": "NUMBER", "unit": "kg", "defaultValue": "2"}}
    for wrong in ({"name": ""}, {"name": None}, {"type": None}, {"type": "x"}, {"more": 1}, {"options": ["x"]}):
        change(tenant, made["id"], 400, **wrong)
    assert find(tenant, made["id"]) == changed


def test_a_type_changes_where_all_values_fit(tenant):
    attribute = make(tenant, "ready", defaultValue="off")["id"]
    products = {given: give(tenant, attribute, given) for given in ("yes", "TRUE", "0")}
    products[None] = give(tenant, attribute, None)
    trashed = give(tenant, attribute, "on")
    versions = {product: tenant.request("GET", f"/products/{product}").headers["etag"] for product in products.values()}
    tenant.delete(trashed)

    changed = change(tenant, attribute, type="Boolean")
    assert changed["conversion"] == {"changed": 4, "misfits": 0, "examples": []}
    assert (changed["type"], changed["defaultValue"]) == ("BOOLEAN", False)
    assert {given: value_of(tenant, product, attribute) for given, product in products.items()} == {
        "yes": "true", "TRUE": "true", "0": "false", None: None}
    for given, product in products.items():
        unchanged = versions[product] == tenant.request("GET", f"/products/{product}").headers["etag"]
        assert unchanged == (given is None), "who holds the product as it was is told"
    tenant.restore(trashed)
    assert value_of(tenant, trashed, attribute) == "true", "what is in the trash is converted too"


def test_d27_a_change_of_type_says_which_values_do_not_fit(tenant):
    """D-27: 409 with how many and the first of them; with ?force=true they stay stored as they were."""
    attribute = make(tenant, "length", defaultValue="long")["id"]
    fits = give(tenant, attribute, " 7 ")
    products = [give(tenant, attribute, f"{n} m", name=f"Bar {n}") for n in range(12)]
    trashed = give(tenant, attribute, "nobody sees this")
    tenant.delete(trashed)
    group = tenant.request("POST", "/attribute-groups", 201, json={
        "name": "G", "attributes": [{"attributeId": attribute, "defaultValue": "wide"}]}).json()["id"]
    before = find(tenant, attribute)

    answer = change(tenant, attribute, 409, type="Integer")
    assert (answer["code"], answer["message"]) == ("attribute.values_do_not_fit", "14 values do not fit the attribute as Integer")
    assert "force=true" in answer["remedy"]
    report = answer["conversion"]
    assert report["misfits"] == 14 and len(report["examples"]) == 10 and "nobody" not in str(report)
    assert report["examples"][0] == {"in": "product", "id": products[0], "name": "Bar 0", "value": "0 m",
                                     "reason": "must be an integer number, for example 42"}
    assert find(tenant, attribute) == before and value_of(tenant, fits, attribute) == " 7 "
    assert len(tenant.events(attribute)) == 1

    answer = change(tenant, attribute, force=True, type="Integer")
    assert answer["conversion"]["misfits"] == 14 and answer["conversion"]["changed"] == 1
    assert (answer["type"], answer["defaultValue"]) == ("INTEGER", "long")
    assert value_of(tenant, fits, attribute) == "7"
    assert [value_of(tenant, product, attribute) for product in products] == [f"{n} m" for n in range(12)], "no value is lost"
    tenant.restore(trashed)
    assert value_of(tenant, trashed, attribute) == "nobody sees this"
    assert tenant.get(f"/attribute-groups/{group}")["attributes"][0]["defaultValue"] == "wide"
    detail = tenant.events(attribute)[-1]["detail"]
    assert (detail["misfits"], detail["converted"], detail["before"]["type"]) == (14, 1, "STRING")
    change(tenant, attribute, 400, force="perhaps", type="Integer")


@pytest.mark.parametrize("type,value,reason", [("CURRENCY", "1.005", "would be rounded to 1.01"),
                                               ("DATE", "2026-11-25T10:00", "would be cut to 2026-11-25")])
def test_a_change_of_type_loses_nothing_of_a_value(tenant, type, value, reason):
    """D-27: what a new value may lose in being written, one that is there does not."""
    attribute = make(tenant, "a")["id"]
    product = give(tenant, attribute, value)
    [example] = change(tenant, attribute, 409, type=type)["conversion"]["examples"]
    assert example["reason"] == reason
    change(tenant, attribute, force=True, type=type)
    assert value_of(tenant, product, attribute) == value


def test_options_are_narrowed_where_nothing_has_them(tenant):
    attribute = make(tenant, "colour", "ENUM", options=["Red", "Blue", "Green"])["id"]
    product = give(tenant, attribute, "Blue")
    assert change(tenant, attribute, options=["Blue", "Red"])["options"] == ["Blue", "Red"]
    answer = change(tenant, attribute, 409, options=["Red"])
    assert answer["message"] == "1 value does not fit the attribute as Dropdown with these options"
    assert answer["conversion"]["examples"] == [{"in": "product", "id": product, "name": tenant.get(f"/products/{product}")["name"],
                                                 "value": "Blue", "reason": "must be one of: Red"}]
    assert change(tenant, attribute, force=True, options=["Red"])["options"] == ["Red"]
    assert value_of(tenant, product, attribute) == "Blue"
    assert change(tenant, attribute, options=["Red", "Blue"])["conversion"]["misfits"] == 0
    changed = change(tenant, attribute, type="Short Text")
    assert (changed["type"], changed["options"]) == ("STRING", None)
    assert tenant.events(attribute)[-1]["detail"]["before"]["options"] == ["Red", "Blue"], "what they were is in the audit"


def test_the_default_of_the_new_type_may_come_with_it(tenant):
    attribute = make(tenant, "a", defaultValue="x")["id"]
    assert change(tenant, attribute, 409, type="INTEGER")["conversion"]["examples"][0]["in"] == "attribute"
    assert change(tenant, attribute, 400, type="INTEGER", defaultValue="y")["message"] == [
        "defaultValue must be an integer number, for example 42"]
    changed = change(tenant, attribute, type="INTEGER", defaultValue="5")
    assert (changed["type"], changed["defaultValue"]) == ("INTEGER", 5)


def test_a_type_that_changes_while_values_are_written_has_no_misfits(tenant):
    """The change waits for who writes a value, and sees it; who comes later writes for the new type."""
    attributes = [make(tenant, f"a {n}")["id"] for n in range(8)]

    def write(n: int):
        return tenant.request("POST", "/products", json={
            "name": f"P {n}", "sku": f"RACE-{n:04}",
            "attributesWithValues": [{"attributeId": a, "value": "word"} for a in attributes]}).status_code

    def narrow(n: int):
        return change(tenant, attributes[n % 8], None, type="INTEGER").get("code")

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        written = [pool.submit(write, n) for n in range(24)]
        narrowed = [pool.submit(narrow, n) for n in range(40)]
        assert {each.result() for each in written} <= {201, 400}
        assert {each.result() for each in narrowed} <= {None, "attribute.values_do_not_fit"}
    for attribute in attributes:
        words = tenant.database.execute('SELECT count(*) FROM "ProductAttribute" WHERE "attributeId" = %s AND value = %s',
                                        (attribute, "word")).fetchone()[0]
        assert words == 0 or find(tenant, attribute)["type"] == "STRING"


# --- suggestions ----------------------------------------------------------------------------------------------------------

def suggest(tenant: Tenant, expect: int = 200, **params):
    return tenant.get("/attributes/attribute-suggestions", expect, **params)


def test_d33_suggestions_are_always_one_list_of_texts(tenant):
    """D-33: an array, however short the query is."""
    color = make(tenant, "color")["id"]
    other = make(tenant, "other")["id"]
    me = give(tenant, color, "red mine")
    for value in ("Red", "red", "Reddish", "re_d", "blue", "RED wine", None):
        give(tenant, color, value)
    give(tenant, other, "redundant")
    tenant.delete(give(tenant, color, "red in the trash"))

    def found(query):
        return suggest(tenant, productId=me, attributeId=color, query=query)

    assert found("re")[0] == "re_d" and sorted(text.lower() for text in found("re")) == ["re_d", "red", "red wine", "reddish"]
    assert [text.lower() for text in found("RED")] == ["red", "red wine", "reddish"]
    assert found("re_") == ["re_d"] and found("r%") == [] and found("zz") == []
    assert found("r") == [] and found("") == []
    tenant.request("DELETE", f"/attributes/{color}", 200)
    suggest(tenant, 404, productId=me, attributeId=color, query="re")


def test_at_most_20_suggestions(tenant):
    attribute = make(tenant, "a")["id"]
    products = [give(tenant, attribute, f"value {n:02}") for n in range(25)]
    assert suggest(tenant, productId=products[0], attributeId=attribute, query="value") == [f"value {n:02}" for n in range(1, 21)]
    long = [give(tenant, attribute, "x" * 80 + end) for end in ("a", "b")]
    assert suggest(tenant, productId=products[0], attributeId=attribute, query="x" * 80 + "B") in ([], ["x" * 80 + "b"])
    assert len(suggest(tenant, productId=long[0], attributeId=attribute, query="x" * 70)) == 1


def test_suggestions_name_what_is_wrong_missing_or_foreign(tenant, other_tenant):
    attribute = make(tenant, "a")["id"]
    product = give(tenant, attribute, "secret")
    good = {"productId": product, "attributeId": attribute, "query": "se"}
    for name in good:
        [message] = suggest(tenant, 400, **{key: value for key, value in good.items() if key != name})["message"]
        assert message.startswith(name)
    for name in ("productId", "attributeId"):
        assert suggest(tenant, 400, **(good | {name: "x"}))["message"] == [f"{name} must be an integer number"]
        suggest(tenant, 404, **(good | {name: MISSING}))
    suggest(other_tenant, 404, **good)
    theirs = other_tenant.create()["id"]
    suggest(other_tenant, 404, **(good | {"productId": theirs}))


# --- the trash ------------------------------------------------------------------------------------------------------------

def test_an_attribute_goes_to_the_trash_and_comes_back_with_its_values(tenant):
    """D-12, and acceptance 6: nothing is cut by a delete; statuses follow."""
    attribute = make(tenant, "color")["id"]
    family = tenant.family("Shoes", required=(attribute,))
    product = tenant.create(familyId=family, familyAttributesWithValues=[{"attributeId": attribute, "value": "red"}])["id"]
    empty = tenant.create(familyId=family)["id"]
    before = tenant.get(f"/products/{product}")
    assert before["status"] == "complete" and tenant.get(f"/products/{empty}")["status"] == "incomplete"

    answer = tenant.request("DELETE", f"/attributes/{attribute}", 200).json()
    assert answer["message"] == "Attribute successfully deleted" and answer["itemCount"] == 1
    assert answer["undo"] == f"POST /attributes/{attribute}/restore" and answer["deletedAt"].endswith("Z")
    hidden = tenant.get(f"/products/{product}")
    assert hidden["attributes"] == [] and hidden["family"]["requiredAttributes"] == [] and hidden["status"] == "incomplete"
    find(tenant, attribute, 404)
    assert names(tenant) == [] and tenant.get("/attributes/with-product-counts")["data"] == []
    change(tenant, attribute, 404, name="x")
    assert tenant.request("DELETE", f"/attributes/{attribute}", 404).json()["message"] == \
        f"Attribute with ID {attribute} not found or access denied"

    [item] = tenant.get("/attributes/deleted")["data"]
    assert (item["id"], item["name"], item["type"], item["isDeleted"]) == (attribute, "color", "STRING", True)
    assert item["deletionId"] == answer["deletionId"] and item["deletedBy"] == tenant.id and item["purgeAt"] > item["deletedAt"]
    [deletion] = tenant.deletions()
    assert (deletion["kind"], deletion["rootId"], deletion["itemCount"]) == ("attribute", attribute, 1)

    answer = tenant.request("POST", f"/attributes/{attribute}/restore", 200).json()
    assert answer["message"] == "Attribute successfully restored" and answer["attribute"] == find(tenant, attribute)
    assert tenant.get(f"/products/{product}") == before
    assert [e["action"] for e in tenant.events(attribute)] == ["attribute.create", "attribute.delete", "attribute.restore"]
    tenant.request("POST", f"/attributes/{attribute}/restore", 404)


def test_a_name_in_the_trash_is_free_and_a_restore_does_not_take_it(tenant):
    old = make(tenant, "color")["id"]
    tenant.request("DELETE", f"/attributes/{old}", 200)
    new = make(tenant, "color")["id"]
    answer = tenant.request("POST", f"/attributes/{old}/restore", 409).json()
    assert answer["code"] == "attribute.name_taken" and answer["conflict"]["holder"]["id"] == new
    change(tenant, new, name="colour")
    tenant.request("POST", f"/attributes/{old}/restore", 200)
    assert names(tenant) == ["color", "colour"]


def test_only_what_is_in_the_trash_is_deleted_for_good(tenant):
    attribute = make(tenant, "color")["id"]
    product = give(tenant, attribute, "red")
    assert tenant.request("DELETE", f"/attributes/{attribute}/permanent", 409).json()["code"] == "attribute.active"
    assert value_of(tenant, product, attribute) == "red"
    tenant.request("DELETE", f"/attributes/{attribute}", 200)
    assert tenant.request("DELETE", f"/attributes/{attribute}/permanent", 200).json()["message"] == "Attribute permanently deleted"
    tenant.request("POST", f"/attributes/{attribute}/restore", 404)
    assert tenant.get(f"/products/{product}")["attributes"] == [] and tenant.get("/attributes/deleted")["data"] == []


def bulk(tenant: Tenant, body, expect: int = 200) -> dict:
    return tenant.request("POST", "/attributes/bulk-delete", expect, json=body).json()


@pytest.mark.parametrize("body", [{}, {"filters": {}}, {"filters": {"serach": "a"}}, {"filters": {"search": ""}},
                                  {"filters": {"sortBy": "name", "sortOrder": "asc"}}, {"filters": {"search": 5}}, {"ids": []},
                                  {"ids": None}, {"ids": ["1"]}, {"ids": 1}, {"all": False}, {"all": "true"}, {"more": 1}, [],
                                  {"filters": {"userFriendlyType": "Nope"}}, {"ids": [1], "more": 1}, {"ids": list(range(1, 1002))}])
def test_d05_a_bulk_delete_that_chooses_nothing_deletes_nothing(clean, body):
    """D-05: `{}`, empty and unknown filters were everything."""
    before = len(clean.deletions())
    make(clean, "color")
    assert bulk(clean, body, 400)["message"]
    assert names(clean) == ["color"] and len(clean.deletions()) == before


def test_many_go_to_the_trash_as_one_deletion(tenant, other_tenant):
    """D-05: soft, one act, with the ids that it took."""
    ids = {name: make(tenant, name, type)["id"] for name, type in
           (("aa", "STRING"), ("ab", "NUMBER"), ("ba", "NUMBER"), ("bb", "ENUM"), ("cc", "DATE"))}
    theirs = make(other_tenant, "aa")["id"]
    answer = bulk(tenant, {"ids": [ids["cc"], theirs, MISSING]})
    assert (answer["deletedCount"], answer["ids"], answer["message"]) == (1, [ids["cc"]], "Deleted 1 attribute(s)")
    assert bulk(tenant, {"filters": {"search": "A", "userFriendlyType": "Decimal", "sortBy": "name"}})["ids"] == [ids["ab"], ids["ba"]]
    assert bulk(tenant, {"ids": [theirs, ids["cc"]]}) == {
        "message": "Deleted 0 attribute(s)", "deletedCount": 0, "ids": [], "deletionId": None, "deletedAt": None}
    answer = bulk(tenant, {"all": True})
    assert answer["deletedCount"] == 2 and names(tenant) == [] and names(other_tenant) == ["aa"]
    assert [d["itemCount"] for d in tenant.deletions()] == [1, 2, 2]
    trash = {item["id"]: item["deletionId"] for item in tenant.get("/attributes/deleted")["data"]}
    assert set(trash) == set(ids.values()) and trash[ids["aa"]] == trash[ids["bb"]] == answer["deletionId"]
    tenant.request("POST", f"/attributes/{ids['ab']}/restore", 200)
    assert names(tenant) == ["ab"]


def test_d68_what_is_done_is_told_with_who_did_it(tenant):
    """D-68: bulk deletes too, with the actor."""
    attribute = make(tenant, "color")["id"]
    change(tenant, attribute, name="colour")
    bulk(tenant, {"ids": [attribute]})
    told = tenant.database.execute('''SELECT "entityType", action, message, "actorId" FROM "Notification"
                                      WHERE "userId" = %s ORDER BY id''', (tenant.id,)).fetchall()
    assert told == [("attribute", "created", 'Attribute "color" was created', tenant.id),
                    ("attribute", "updated", 'Attribute "colour" was updated', tenant.id),
                    ("attribute", "bulk_deleted", "1 attributes were deleted", tenant.id)]


def test_64_deletes_and_restores_of_one_attribute_leave_it_in_one_place(tenant):
    attribute = make(tenant, "color")["id"]
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda n: tenant.request(*(("DELETE", f"/attributes/{attribute}") if n % 2 else
                                                           ("POST", f"/attributes/{attribute}/restore"))).status_code, range(64)))
    assert set(answers) <= {200, 404}
    deleted = sum(e["action"] == "attribute.delete" for e in tenant.events(attribute))
    restored = sum(e["action"] == "attribute.restore" for e in tenant.events(attribute))
    assert deleted + restored == answers.count(200) and deleted - restored in (0, 1)
    assert len(names(tenant)) == 1 - (deleted - restored)


def test_an_act_that_takes_longer_than_a_write_may_is_given_the_time(tenant):
    """It is cancelled, and run again where there is time; it is done once."""
    attribute = make(tenant, "slow")["id"]
    tenant.database.execute(f'''
        CREATE FUNCTION attribute_is_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF current_setting('statement_timeout') = '5s' THEN PERFORM pg_sleep(30); END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER slow BEFORE UPDATE ON "Attribute" FOR EACH ROW WHEN (OLD.id = {attribute}) EXECUTE FUNCTION attribute_is_slow()''')
    try:
        assert tenant.request("DELETE", f"/attributes/{attribute}", 200).json()["itemCount"] == 1
    finally:
        tenant.database.execute('DROP TRIGGER slow ON "Attribute"; DROP FUNCTION attribute_is_slow()')
    assert [e["action"] for e in tenant.events(attribute)] == ["attribute.create", "attribute.delete"] and len(tenant.deletions()) == 1
