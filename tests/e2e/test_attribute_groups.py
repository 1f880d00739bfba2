"""Attribute groups: what an attribute is in a group, changes as a whole, lists, and their trash."""

import concurrent.futures

import pytest

from tenants import Tenant, new_tenant

FIELDS = {"id", "name", "description", "userId", "createdAt", "updatedAt", "totalAttributes", "attributes"}
MEMBER = {"id", "attributeId", "required", "defaultValue", "createdAt", "attribute"}
ATTRIBUTE = {"id", "name", "type", "userFriendlyType", "unit", "options", "defaultValue", "userId"}
MISSING = 999_999_999


@pytest.fixture(scope="module")
def shop(service, database) -> Tenant:
    """A tenant with an attribute of each of some types."""
    tenant = new_tenant(service, database, "groups")
    tenant.attributes = {type: tenant.request("POST", "/attributes", 201, json={"name": type, "type": type} | fields).json()["id"]
                         for type, fields in (("STRING", {}), ("INTEGER", {"unit": "kg", "defaultValue": 5}), ("BOOLEAN", {}),
                                              ("ENUM", {"options": ["a", "b"]}), ("ARRAY", {"options": ["a", "b"]}), ("JSON", {}))}
    tenant.names = (f"Group {number}" for number in range(1_000_000))
    return tenant


@pytest.fixture(scope="module")
def stranger(service, database) -> Tenant:
    tenant = new_tenant(service, database, "stranger")
    tenant.theirs = tenant.attribute("theirs")
    return tenant


def make(shop: Tenant, members: dict | None = None, expect: int = 201, **fields) -> dict:
    """A group of attributes by their types: {type: {"required": …, "defaultValue": …}}."""
    attributes = [{"attributeId": shop.attributes[type]} | more for type, more in (members or {}).items()]
    return shop.request("POST", "/attribute-groups", expect, json={"name": next(shop.names), "attributes": attributes} | fields).json()


def change(shop: Tenant, group: int, expect: int = 200, **fields) -> dict:
    return shop.request("PATCH", f"/attribute-groups/{group}", expect, json=fields).json()


def find(shop: Tenant, group: int, expect: int = 200) -> dict:
    return shop.get(f"/attribute-groups/{group}", expect)


def types(group: dict) -> list[str]:
    return [member["attribute"]["type"] for member in group["attributes"]]


# --- making and reading ---------------------------------------------------------------------------------------------------

def test_d41_what_an_attribute_is_in_a_group_is_returned(shop):
    """D-41: `required` and `defaultValue` were kept and never answered; a default that was no text was an error."""
    made = make(shop, {"INTEGER": {"required": True, "defaultValue": 7}, "BOOLEAN": {"defaultValue": "yes"},
                       "ARRAY": {"defaultValue": ["b", "a"]}, "JSON": {"defaultValue": {"x": [1.5]}}, "ENUM": {"defaultValue": None},
                       "STRING": {}}, name="  Basics ", description="What all have")
    assert set(made) == FIELDS and all(set(m) == MEMBER and set(m["attribute"]) == ATTRIBUTE for m in made["attributes"])
    assert (made["name"], made["description"], made["userId"], made["totalAttributes"]) == ("Basics", "What all have", shop.id, 6)
    assert types(made) == ["INTEGER", "BOOLEAN", "ARRAY", "JSON", "ENUM", "STRING"]
    assert [(m["required"], m["defaultValue"]) for m in made["attributes"]] == [
        (True, 7), (False, True), (False, ["b", "a"]), (False, {"x": [1.5]}), (False, None), (False, None)]
    number = made["attributes"][0]
    assert number["attributeId"] == shop.attributes["INTEGER"]
    assert number["attribute"] == {"id": shop.attributes["INTEGER"], "name": "INTEGER", "type": "INTEGER", "userFriendlyType": "Integer",
                                   "unit": "kg", "options": None, "defaultValue": 5, "userId": shop.id}
    assert find(shop, made["id"]) == made
    [event] = [e for e in shop.events(made["id"]) if e["entity"] == "attributeGroup"]
    assert event["action"] == "attributeGroup.create" and event["detail"]["name"] == "Basics"


@pytest.mark.parametrize("body,messages", [
    ({}, ["name should not be empty", "name must be a string", "attributes must be an array"]),
    ({"name": "x"}, ["attributes must be an array"]),
    ({"name": " ", "attributes": []}, ["name should not be empty"]),
    ({"name": 5, "attributes": []}, ["name should not be empty", "name must be a string"]),
    ({"name": "x" * 256, "attributes": []}, ["name must be shorter than or equal to 255 characters"]),
    ({"name": "x", "attributes": {}}, ["attributes must be an array"]),
    ({"name": "x", "attributes": [], "more": 1}, ["property more should not exist"]),
    ({"name": "x", "attributes": [], "userId": 1}, ["property userId should not exist"]),
    ({"name": "x", "attributes": [], "description": 5}, ["description must be a string"]),
    ({"name": "x", "attributes": [7]}, ["each value in attributes must be an object"]),
    ({"name": "x", "attributes": [{}]}, ["attributes.0.attributeId must be an integer number"]),
    ({"name": "x", "attributes": [{"attributeId": "1"}]}, ["attributes.0.attributeId must be an integer number"]),
    ({"name": "x", "attributes": [{"attributeId": 1.5}]}, ["attributes.0.attributeId must be an integer number"]),
    ({"name": "x", "attributes": [{"attributeId": 1, "required": 1}]}, ["attributes.0.required must be a boolean value"]),
    ({"name": "x", "attributes": [{"attributeId": 1, "extra": 1}]}, ["attributes.0.property extra should not exist"]),
    ({"name": "x", "attributes": [{"attributeId": 1}, {"attributeId": 1}]}, ["attributes.1.attributeId 1 is given twice"]),
    ({"name": "x", "attributes": [{"attributeId": 1, "defaultValue": "\0"}]},
     ["attributes.0.defaultValue must not contain a zero character"]),
    ([], None),
])
def test_what_is_wrong_is_named(shop, body, messages):
    answer = shop.request("POST", "/attribute-groups", 400, json=body).json()
    assert messages is None or answer["message"] == messages
    if isinstance(body, dict) and "attributes" in body:
        assert shop.request("PATCH", f"/attribute-groups/{make(shop)['id']}", 400, json=body).json()["message"] == messages


@pytest.mark.parametrize("type,default,trouble", [
    ("INTEGER", "x", "must be an integer number, for example 42"), ("ENUM", "c", "must be one of: a, b"),
    ("ARRAY", ["a", "c"], "must be of: a, b"), ("STRING", ["a"], "must be a single value"), ("ARRAY", {"a": 1}, "must be a single value"),
    ("BOOLEAN", 7, "must be true or false")])
def test_a_default_fits_the_attribute(shop, type, default, trouble):
    """D-27, D-41: a default in a group is of the attribute's type and options."""
    group = make(shop, {"JSON": {"defaultValue": 1}})
    assert make(shop, {"JSON": {}, type: {"defaultValue": default}}, 400)["message"] == [f"attributes.1.defaultValue {trouble}"]
    member = {"attributeId": shop.attributes[type], "defaultValue": default}
    assert change(shop, group["id"], 400, attributes=[member])["message"] == [f"attributes.0.defaultValue {trouble}"]
    answer = shop.request("POST", f"/attribute-groups/{group['id']}/attributes/{shop.attributes[type]}", 400,
                          json={"defaultValue": default}).json()
    assert answer["message"] == [f"defaultValue {trouble}"]
    assert find(shop, group["id"]) == group


def test_attributes_of_others_are_not_there(shop, stranger):
    """D-04: neither missing nor foreign ones are linked; D-40: and nothing else is done then."""
    group = make(shop, {"STRING": {}})
    trashed = shop.attribute("in the trash")
    shop.request("DELETE", f"/attributes/{trashed}", 200)
    for ids in ([MISSING], [stranger.theirs, MISSING], [trashed]):
        members = [{"attributeId": shop.attributes["JSON"]}] + [{"attributeId": i} for i in ids]
        message = f"Attributes with IDs {', '.join(map(str, ids))} not found or not accessible"
        assert make(shop, expect=400, attributes=members)["message"] == message
        assert change(shop, group["id"], 400, name="changed", attributes=members)["message"] == message
        shop.request("POST", f"/attribute-groups/{group['id']}/attributes/{ids[0]}", 404, json={})
        shop.request("DELETE", f"/attribute-groups/{group['id']}/attributes/{ids[0]}", 404)
    assert find(shop, group["id"]) == group


@pytest.mark.parametrize("method,path", [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("DELETE", "/permanent"),
                                         ("POST", "/attributes/{}"), ("DELETE", "/attributes/{}")])
def test_missing_and_foreign_groups_are_404(shop, stranger, method, path):
    mine = make(shop, {"STRING": {}})
    path = path.format(stranger.theirs)
    body = {"PATCH": {"name": "taken"}, "POST": {}}.get(method)
    for group in (mine["id"], MISSING, 99999999999):
        message = stranger.request(method, f"/attribute-groups/{group}{path}", 404, json=body).json()["message"]
        of_trash = path in ("/restore", "/permanent")
        assert message == f"{'Soft-deleted attribute group' if of_trash else 'Attribute group'} with ID {group} not found"
    assert stranger.request(method, f"/attribute-groups/abc{path}", 400, json=body).json()["message"] == \
        "Validation failed (numeric string is expected)"
    assert find(shop, mine["id"]) == mine


def test_a_name_is_taken_once(shop, stranger):
    first, second = make(shop, name="Twice"), make(shop)
    taken = make(shop, name="Twice", expect=409)
    assert (taken["message"], taken["code"]) == ("Attribute group with this name already exists", "attribute_group.name_taken")
    assert change(shop, second["id"], 409, name="Twice")["code"] == "attribute_group.name_taken"
    assert change(shop, first["id"], name="Twice")["name"] == "Twice"
    stranger.request("POST", "/attribute-groups", 201, json={"name": "Twice", "attributes": []})


def test_of_64_who_make_the_same_group_one_does(shop):
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: shop.request("POST", "/attribute-groups", json={
            "name": "Rush", "attributes": [{"attributeId": shop.attributes["JSON"]}]}).status_code, range(64)))
    assert sorted(answers) == [201] + [409] * 63


# --- changing -------------------------------------------------------------------------------------------------------------

def test_what_is_absent_stays_and_a_list_that_is_given_replaces(shop):
    """D-40: the whole of it is one statement."""
    group = make(shop, {"INTEGER": {"required": True, "defaultValue": 1}, "STRING": {"defaultValue": "x"}}, description="d")
    assert change(shop, group["id"]) == group
    renamed = change(shop, group["id"], name="Renamed")
    assert renamed == group | {"name": "Renamed", "updatedAt": renamed["updatedAt"]} and renamed["updatedAt"] > group["updatedAt"]
    assert change(shop, group["id"], description=None)["description"] is None

    replaced = change(shop, group["id"], attributes=[{"attributeId": shop.attributes["STRING"], "required": True},
                                                     {"attributeId": shop.attributes["ENUM"], "defaultValue": "b"}])
    assert [(m["attribute"]["type"], m["required"], m["defaultValue"]) for m in replaced["attributes"]] == [
        ("STRING", True, None), ("ENUM", False, "b")]
    assert replaced["attributes"][0]["id"] == group["attributes"][1]["id"], "what stays in the group stays the same row"
    assert find(shop, group["id"]) == replaced
    event = shop.events(group["id"])[-1]
    assert event["action"] == "attributeGroup.update" and event["detail"]["before"]["attributes"] == [
        {"attributeId": shop.attributes["INTEGER"], "required": True, "defaultValue": "1"},
        {"attributeId": shop.attributes["STRING"], "required": False, "defaultValue": "x"}], "what was there can be looked up"
    assert change(shop, group["id"], attributes=[])["attributes"] == []
    change(shop, group["id"], 400, attributes=None)
    change(shop, group["id"], 400, name="")


def test_of_many_who_replace_the_attributes_one_wins_whole(shop):
    """D-40: nobody's list is mixed with another's."""
    group = make(shop)["id"]
    lists = [["INTEGER", "JSON"], ["STRING", "ENUM", "ARRAY"], ["BOOLEAN"], []]

    def replace(n: int):
        members = [{"attributeId": shop.attributes[type], "required": n % 2 == 0} for type in lists[n % 4]]
        return shop.request("PATCH", f"/attribute-groups/{group}", json={"attributes": members}).status_code

    for _ in range(3):
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            assert set(pool.map(replace, range(64))) == {200}
        assert sorted(types(find(shop, group))) in [sorted(each) for each in lists]


def test_an_attribute_is_put_into_a_group_and_taken_out(shop):
    group = make(shop)["id"]
    path = f"/attribute-groups/{group}/attributes/{shop.attributes['INTEGER']}"
    member = shop.request("POST", path, 201, json={"required": True, "defaultValue": "3"}).json()
    assert set(member) == MEMBER and (member["required"], member["defaultValue"]) == (True, 3)
    assert find(shop, group)["attributes"] == [member]
    again = shop.request("POST", path, 409, json={}).json()
    assert (again["message"], again["code"]) == ("Attribute is already in this group", "attribute_group.has_attribute")
    for body, message in (({"more": 1}, "property more should not exist"), ({"required": "x"}, "required must be a boolean value"),
                          ([], "The body must be a JSON object")):
        assert shop.request("POST", path, 400, json=body).json()["message"] == [message], "D-07: the body is checked"
    assert shop.request("DELETE", path, 200).json() == {"message": "Attribute removed from group successfully"}
    assert shop.request("DELETE", path, 404).json()["message"] == "Attribute not found in this group"
    assert [e["action"] for e in shop.events(group)] == ["attributeGroup.create", "attributeGroup.link", "attributeGroup.unlink"]
    for wrong in ("abc", "1.5"):
        shop.request("POST", f"/attribute-groups/{group}/attributes/{wrong}", 400, json={})
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: shop.request("POST", path, json={}).status_code, range(64)))
    assert sorted(answers) == [201] + [409] * 63


# --- lists ----------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def listed(service, database):
    """Groups with 0 to 3 attributes."""
    tenant = new_tenant(service, database, "listed")
    attributes = [tenant.attribute(f"a {n}") for n in range(4)]
    for number, (name, description) in enumerate((("delta", "has words"), ("Alpha", None), ("charlie", ""), ("Bravo", "words, too"))):
        tenant.request("POST", "/attribute-groups", 201, json={"name": name, "description": description, "attributes": [
            {"attributeId": each} for each in attributes[:number]]})
    tenant.request("DELETE", f"/attributes/{attributes[2]}", 200)  # counts nowhere
    return tenant


@pytest.mark.parametrize("params,expected", [
    ({}, ["Alpha", "Bravo", "charlie", "delta"]),
    ({"sortOrder": "desc"}, ["delta", "charlie", "Bravo", "Alpha"]),
    ({"sortBy": "createdAt"}, ["delta", "Alpha", "charlie", "Bravo"]),
    ({"sortBy": "updatedAt", "sortOrder": "desc"}, ["Bravo", "charlie", "Alpha", "delta"]),
    ({"sortBy": "totalAttributes"}, ["delta", "Alpha", "charlie", "Bravo"]),
    ({"dateFilter": "latest", "limit": 1}, ["Bravo"]),
    ({"dateFilter": "oldest", "limit": 1}, ["delta"]),
    ({"search": "WORDS"}, ["Bravo", "delta"]),
    ({"search": "al"}, ["Alpha"]),
    ({"search": "%"}, []),
    ({"hasDescription": "true"}, ["Bravo", "delta"]),
    ({"hasDescription": "false"}, ["Alpha", "charlie"]),
    ({"minAttributes": 1}, ["Alpha", "Bravo", "charlie"]),
    ({"minAttributes": 1, "limit": 1, "page": 2}, ["Bravo"]),
    ({"maxAttributes": 1}, ["Alpha", "delta"]),
    ({"minAttributes": 2, "maxAttributes": 2}, ["Bravo", "charlie"]),
    ({"minAttributes": 3}, []),
    ({"createdAfter": "2020-01-01", "createdBefore": "2999-01-01"}, ["Alpha", "Bravo", "charlie", "delta"]),
    ({"createdAfter": "2999-01-01"}, []),
    ({"page": 7}, []),
])
def test_d29_lists_are_filtered_before_they_are_paged(listed, params, expected):
    """D-29, D-65: pages without holes, exact totals; the same list below both paths."""
    for path in ("/attribute-groups", "/attributes/groups"):
        answer = listed.get(path, **params)
        assert [item["name"] for item in answer["data"]] == expected
        assert all(set(item) == FIELDS and item["totalAttributes"] == len(item["attributes"]) for item in answer["data"])
        filters = {key: value for key, value in params.items() if key not in ("page", "limit")}
        assert answer["pagination"]["total"] == len(listed.get(path, **(filters | {"limit": 100}))["data"])
        assert answer["pagination"]["page"] == params.get("page", 1)


@pytest.mark.parametrize("params,name", [
    ({"page": "abc"}, "page"), ({"limit": "x"}, "limit"), ({"minAttributes": "few"}, "minAttributes"),
    ({"maxAttributes": "99999999999"}, "maxAttributes"), ({"hasDescription": "1"}, "hasDescription"), ({"sortBy": "type"}, "sortBy"),
    ({"sortOrder": "up"}, "sortOrder"), ({"dateFilter": "x"}, "dateFilter"), ({"createdAfter": "x"}, "createdAfter")])
def test_a_wrong_parameter_is_named(listed, params, name):
    """D-31."""
    for path in ("/attribute-groups", "/attributes/groups"):
        [message] = listed.get(path, 400, **params)["message"]
        assert name in message
    assert listed.get("/attributes/groups", 400, more=1)["message"] == ["property more should not exist"]
    for given, used in (({"page": 0}, (1, 10)), ({"limit": 1000}, (1, 100))):
        pagination = listed.get("/attribute-groups", **given)["pagination"]
        assert (pagination["page"], pagination["limit"]) == used


# --- the trash ------------------------------------------------------------------------------------------------------------

def test_a_group_goes_to_the_trash_and_comes_back_as_it_was(tenant):
    """D-12, acceptance 6: products and attributes keep their links."""
    attribute = tenant.attribute("color")
    group = tenant.request("POST", "/attribute-groups", 201, json={
        "name": "Basics", "attributes": [{"attributeId": attribute, "required": True, "defaultValue": "x"}]}).json()
    path = f"/attribute-groups/{group['id']}"
    product = tenant.create(attributeGroupId=group["id"])["id"]
    answer = tenant.request("DELETE", path, 200).json()
    assert answer["message"] == f"Attribute group with ID {group['id']} has been deleted" and answer["undo"] == f"POST {path}/restore"
    assert tenant.request("DELETE", path, 404).json()["message"] == f"Attribute group with ID {group['id']} not found"
    for method, more, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("POST", f"/attributes/{attribute}", {}),
                               ("DELETE", f"/attributes/{attribute}", None)):
        tenant.request(method, path + more, 404, json=body)
    assert tenant.get("/attribute-groups")["data"] == [] and tenant.get(f"/products/{product}")["attributeGroupId"] is None
    [item] = tenant.get("/attribute-groups/deleted")["data"]
    assert (item["id"], item["name"], item["isDeleted"], item["deletionId"]) == (group["id"], "Basics", True, answer["deletionId"])

    taken = tenant.request("POST", "/attribute-groups", 201, json={"name": "Basics", "attributes": []}).json()
    assert tenant.request("POST", f"{path}/restore", 409).json()["conflict"]["holder"]["id"] == taken["id"]
    change(tenant, taken["id"], name="Other")
    restored = tenant.request("POST", f"{path}/restore", 200).json()
    assert restored == {"message": "Attribute group successfully restored", "attributeGroup": group}
    assert tenant.get(f"/products/{product}")["attributeGroup"]["name"] == "Basics"
    tenant.request("POST", f"{path}/restore", 404)

    assert tenant.request("DELETE", f"{path}/permanent", 409).json()["code"] == "attribute_group.active"
    tenant.request("DELETE", path, 200)
    assert tenant.request("DELETE", f"{path}/permanent", 200).json()["message"] == "Attribute group permanently deleted"
    assert tenant.get("/attribute-groups/deleted")["data"] == [] and tenant.get(f"/products/{product}")["attributeGroupId"] is None


def test_an_attribute_in_the_trash_stays_in_its_groups(shop):
    """Nothing is cut by a delete, nor by a list that is replaced meanwhile."""
    attribute = shop.attribute("comes and goes")
    group = make(shop, attributes=[{"attributeId": attribute, "required": True, "defaultValue": "x"},
                                   {"attributeId": shop.attributes["STRING"]}])
    shop.request("DELETE", f"/attributes/{attribute}", 200)
    assert types(find(shop, group["id"])) == ["STRING"] and find(shop, group["id"])["totalAttributes"] == 1
    assert types(change(shop, group["id"], attributes=[{"attributeId": shop.attributes["JSON"]}])) == ["JSON"]
    shop.request("POST", f"/attributes/{attribute}/restore", 200)
    assert [(m["attributeId"], m["required"], m["defaultValue"]) for m in find(shop, group["id"])["attributes"]] == [
        (attribute, True, "x"), (shop.attributes["JSON"], False, None)]


def test_d68_what_is_done_is_told(tenant):
    """D-68: groups tell what is done, too."""
    attribute = tenant.attribute("color")
    group = tenant.request("POST", "/attribute-groups", 201, json={"name": "Basics", "attributes": []}).json()["id"]
    tenant.request("POST", f"/attribute-groups/{group}/attributes/{attribute}", 201, json={})
    tenant.request("DELETE", f"/attribute-groups/{group}/attributes/{attribute}", 200)
    tenant.request("DELETE", f"/attribute-groups/{group}", 200)
    assert [n["message"] for n in reversed(tenant.get("/notifications")["data"])] == [
        'Attribute group "Basics" was created', 'Attribute group "Basics" was linked to attribute "color"',
        'Attribute group "Basics" was unlinked from attribute "color"', 'Attribute group "Basics" was deleted']
