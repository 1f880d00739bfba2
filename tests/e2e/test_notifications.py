"""Notifications: one for each act of people, in the transaction of the act, with who it was; lists, counts, cleaning up."""

import threading

import pytest

from service import wait_until
from tenants import NOW, Api, new_staff, new_tenant


def told(api: Api, **filters) -> list[tuple]:
    """(entity type, action, message) of the newest 100, oldest first."""
    return [(n["entityType"], n["action"], n["message"]) for n in reversed(api.get("/notifications", limit=100, **filters)["data"])]


def older(tenant, days: str, count: int = 1, **columns):
    """Notifications of another time, as the database has them."""
    row = {"entityType": "product", "action": "created", "message": "x"} | columns
    tenant.database.execute(f'''INSERT INTO "Notification"("userId", "entityType", action, message, "createdAt")
                                SELECT %s, %s, %s, %s, {NOW} - %s::interval FROM generate_series(1, %s)''',
                            (tenant.id, row["entityType"], row["action"], row["message"], days, count))


# --- what is told ---------------------------------------------------------------------------------------------------------

def test_each_act_on_a_product_is_told_once(tenant):
    product = tenant.create(name="Boot", sku="BOOT-1")["id"]
    tenant.update(product, name="Winter boot")
    tenant.delete(product)
    tenant.restore(product)
    tenant.delete(product)
    tenant.purge(product)
    assert told(tenant) == [
        ("product", "created", 'Product "Boot" was created'),
        ("product", "updated", 'Product "Winter boot" was updated'),
        ("product", "deleted", 'Product "Winter boot" was deleted'),
        ("product", "restored", 'Product "Winter boot" was restored'),
        ("product", "deleted", 'Product "Winter boot" was deleted'),
        ("product", "purged", 'Product "Winter boot" was permanently deleted')]
    [newest] = tenant.get("/notifications", limit=1)["data"]
    assert newest["entityId"] == product and newest["entityName"] == "Winter boot" and newest["metadata"]["sku"] == "BOOT-1"


# What the model of a catalogue consists of: where it is made, of what, and what it is called.
KINDS = {
    "attribute": ("/attributes", {"type": "STRING"}, "Attribute"),
    "attributeGroup": ("/attribute-groups", {"attributes": []}, "Attribute group"),
    "category": ("/categories", {}, "Category"),
    "family": ("/families", {}, "Family"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_act_on_the_model_is_told_once(tenant, kind):
    """D-68: families and groups too."""
    path, fields, shown = KINDS[kind]
    thing = f"{path}/" + str(tenant.request("POST", path, 201, json=fields | {"name": "One"}).json()["id"])
    tenant.request("PATCH", thing, 200, json={"name": "Two"})
    tenant.request("DELETE", thing, 200)
    tenant.request("POST", f"{thing}/restore", 200)
    tenant.request("DELETE", thing, 200)
    tenant.request("DELETE", f"{thing}/permanent", 200)
    assert told(tenant) == [(kind, "created", f'{shown} "One" was created'), (kind, "updated", f'{shown} "Two" was updated'),
                            (kind, "deleted", f'{shown} "Two" was deleted'), (kind, "restored", f'{shown} "Two" was restored'),
                            (kind, "deleted", f'{shown} "Two" was deleted'), (kind, "purged", f'{shown} "Two" was permanently deleted')]
    assert {n["entityId"] for n in tenant.get("/notifications", entityType=kind)["data"]} == {int(thing.rpartition("/")[2])}
    assert {n["actor"]["id"] for n in tenant.get("/notifications")["data"]} == {tenant.id}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_refused_of_the_model_is_not_told(tenant, other_tenant, kind):
    path, fields, _ = KINDS[kind]
    thing = f"{path}/" + str(tenant.request("POST", path, 201, json=fields | {"name": "One"}).json()["id"])
    tenant.request("POST", path, 409, json=fields | {"name": "One"})
    tenant.request("POST", path, 400, json=fields | {"name": ""})
    tenant.request("POST", f"{thing}/restore", 404)
    tenant.request("DELETE", f"{thing}/permanent", 409)
    for method, more in (("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("DELETE", "/permanent")):
        assert other_tenant.request(method, thing + more, json={"name": "Mine"} if method == "PATCH" else None).status_code == 404
    tenant.request("DELETE", thing, 200)
    tenant.request("POST", path, 201, json=fields | {"name": "One"})
    tenant.request("POST", f"{thing}/restore", 409)
    assert [action for _, action, _ in told(tenant)] == ["created", "deleted", "created"]
    assert told(other_tenant) == []


@pytest.mark.parametrize("kind, shown", [("product", "products"), ("attribute", "attributes"), ("category", "categories"), ("family", "families")])
def test_a_bulk_is_told_once_with_its_count(tenant, kind, shown):
    """D-68: bulk deletes of every kind are told."""
    path, fields, _ = KINDS.get(kind, ("/products", {}, ""))
    ids = [tenant.request("POST", path, 201, json=fields | {"name": f"N {n}"} | ({"sku": f"NNNN-{n}"} if kind == "product" else {})).json()["id"]
           for n in range(3)]
    tenant.request("POST", f"{path}/bulk-delete", 200, json={"ids": ids + [999_999_999]})
    assert told(tenant)[3:] == [(kind, "bulk_deleted", f"3 {shown} were deleted")]
    assert tenant.get("/notifications", limit=1)["data"][0]["metadata"]["count"] == 3
    tenant.request("POST", f"{path}/bulk-delete", json={"ids": ids})
    tenant.request("POST", f"{path}/bulk-delete", 400, json={})
    assert len(told(tenant)) == 4, "an act of nothing is none"


def test_members_of_groups_and_families_are_told_as_a_change_of_it(tenant):
    attribute = tenant.request("POST", "/attributes", 201, json={"name": "color", "type": "STRING"}).json()["id"]
    for path, fields in (("/attribute-groups", {"attributes": []}), ("/families", {})):
        thing = f"{path}/" + str(tenant.request("POST", path, 201, json=fields | {"name": "Whole"}).json()["id"])
        before = len(told(tenant))
        tenant.request("POST", f"{thing}/attributes/{attribute}", 201, json={} if path == "/attribute-groups" else None)
        tenant.request("DELETE", f"{thing}/attributes/{attribute}", 200)
        assert [action for _, action, _ in told(tenant)[before:]] in (["linked", "unlinked"], ["updated", "updated"])


def test_an_act_of_many_that_is_undone_or_purged_is_told_once(tenant):
    """Whatever it brings back: not a notification for each."""
    parent = tenant.create(name="Shoe")["id"]
    for n in range(3):
        tenant.variant(parent, name=f"Shoe {n}")
    begin = len(told(tenant))
    for _ in range(2):
        number = tenant.delete(parent, softDeleteVariants="true")["deletionId"]
        tenant.request("POST", f"/trash/deletions/{number}/restore", 200)
    number = tenant.delete(parent, softDeleteVariants="true")["deletionId"]
    tenant.request("DELETE", f"/trash/deletions/{number}/permanent", 200)
    deleted, restored = ("deleted", 'Product "Shoe" was deleted'), ("bulk_restored", "4 products were restored")
    assert [(action, message) for _, action, message in told(tenant)[begin:]] == [
        deleted, restored, deleted, restored, deleted, ("bulk_purged", "4 products were permanently deleted")]


def test_acts_on_values_and_variants_are_told(tenant):
    color = tenant.attribute("color")
    family = tenant.family("Boots", (), (color,))
    parent, other = tenant.create(name="Parent", sku="PARE-1")["id"], tenant.create(name="Other", sku="OTHE-1")["id"]
    begin = len(told(tenant))

    def told_now() -> list[tuple]:
        nonlocal begin
        new = told(tenant)[begin:]
        begin += len(new)
        return [(action, message) for _, action, message in new]

    tenant.request("PATCH", f"/products/{parent}/attributes", 200, json={"attributes": [{"attributeId": color, "value": "red"}]})
    assert told_now() == [("updated", 'Product "Parent" was updated')]
    tenant.request("POST", f"/products/{parent}/variants", 201, json={"name": "Variant", "sku": "VARI-1"})
    assert told_now() == [("created", 'Product "Variant" was created')]
    axes = {"axes": [{"attributeId": color, "values": ["blue", "green"]}]}
    for method, path, body, told_as in (
            ("POST", "variants/generate", axes, ("bulk_created", "2 products were created")), ("POST", "variants/generate", axes, None),
            ("POST", "variants/attach", {"ids": [other]}, ("bulk_updated", "1 products were updated")),
            ("DELETE", f"variants/{other}", None, ("unlinked", 'Product "Other" was unlinked'))):
        assert tenant.request(method, f"/products/{parent}/{path}", json=body).is_success
        assert told_now() == ([told_as] if told_as else []), path
    tenant.request("POST", "/products/bulk/attach-to-family", 200, json={"familyId": family, "productIds": [parent, 999_999_999]})
    assert told_now() == [("bulk_updated", "1 products were updated")]


def test_variants_are_told_with_their_parent_s_act(tenant):
    parent = tenant.create(name="Shoe")["id"]
    tenant.variant(parent, name="Shoe 42")
    tenant.delete(parent, softDeleteVariants="true")
    assert told(tenant)[2:] == [("product", "deleted", 'Product "Shoe" was deleted')], "one act, one notification"


def test_an_import_is_told_once_for_all_its_rows(tenant):
    """D-38, D-68: one event for an import, under the names that the filters know."""
    rows = "".join(f"IMPO-{n},Imported {n}\n" for n in range(3))
    answer = tenant.request("POST", "/products/import", 200, files={"file": ("a.csv", f"sku,name\n{rows}", "text/csv")}).json()
    assert answer["created"] == 3
    assert told(tenant) == [("product", "bulk_created", "3 products were imported")]
    [notification] = tenant.get("/notifications", entityType="product", action="bulk_created")["data"]
    assert notification["entityName"] == "Products" and "entityId" not in notification
    assert notification["metadata"]["created"] == 3
    tenant.request("POST", "/products/import", 200, files={"file": ("a.csv", f"sku,name\n{rows}", "text/csv")})
    assert len(told(tenant)) == 1, "an import that changes nothing is no act"


def test_what_was_refused_is_not_told(tenant, other_tenant):
    product = tenant.create(sku="ONLY-1", name="Only")["id"]
    tenant.request("POST", "/products", 409, json={"name": "Other", "sku": "ONLY-1"})
    tenant.request("POST", "/products", 400, json={"name": "Other", "sku": "x"})
    tenant.update(product, expect=400, categoryId=999999)
    other_tenant.update(product, expect=404, name="Mine")
    other_tenant.delete(product, expect=404)
    tenant.purge(product, expect=409)
    tenant.restore(product, expect=404)
    tenant.delete(product)
    tenant.create(sku="ONLY-1", name="Only")
    tenant.restore(product, expect=409)
    assert [action for _, action, _ in told(tenant)] == ["created", "deleted", "created"]
    assert told(other_tenant) == []


def test_an_act_that_is_killed_tells_nothing_and_does_nothing(tenant, service):
    """The notification is written within the act: who waits for the one has not done the other yet."""
    answers = []
    with service.connect() as holder, holder.transaction():
        holder.execute('LOCK TABLE "Notification" IN EXCLUSIVE MODE')
        thread = threading.Thread(target=lambda: answers.append(
            tenant.request("POST", "/products", json={"name": "Killed", "sku": "KILL-1"})))
        thread.start()
        [pid] = wait_until(lambda: tenant.database.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'relation'").fetchone(),
            30, "the create to wait for the notifications")
        assert tenant.ids() == [], "nothing is there before all of it is"
        assert tenant.database.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchone() == (True,)
        thread.join(30)
    assert answers[0].status_code == 503, answers[0].text
    assert tenant.ids() == [] and told(tenant) == [] and tenant.events() == []
    wait_until(lambda: tenant.request("POST", "/products", json={"name": "Killed", "sku": "KILL-1"}).status_code == 201, 30,
               "the service to go on")
    assert len(told(tenant)) == 1


# --- who is told, and who it was ------------------------------------------------------------------------------------------

def test_owner_and_staff_share_a_list_that_says_who_it_was(service, database):
    """D-68: the acting user is stored and shown."""
    owner = new_tenant(service, database)
    staff = new_staff(owner, grants=(("products", "create"), ("notifications", "read")))
    staff.create(name="By staff")
    key = owner.request("POST", "/api-keys", 201, json={"scopes": ["products:create"]}).json()["apiKey"]
    with service.client() as client:
        made = client.post("/products", json={"name": "By key", "sku": "KEY-1"}, headers={"X-Api-Key": key})
        assert made.status_code == 201, made.text
    admin = new_tenant(service, database, "admin", "ADMIN")
    admin.request("POST", "/products", 201, json={"name": "By admin", "sku": "ADMI-1"}, headers={"X-Act-As": str(owner.id)})
    expected = [("By admin", admin.id), ("By key", owner.id), ("By staff", staff.id)]
    for api in (owner, staff):
        seen = api.get("/notifications")["data"]
        assert [(n["entityName"], n["actor"]["id"]) for n in seen] == expected
    assert seen[1]["actor"]["email"] == owner.email and set(seen[1]["actor"]) == {"id", "fullname", "email"}


def test_nobody_sees_those_of_another_tenant(tenant, other_tenant):
    tenant.create()
    assert len(told(tenant)) == 1 and told(other_tenant) == []
    assert other_tenant.get("/notifications/stats") == {"totalNotifications": 0, "byEntityType": {}, "byAction": {}, "recentActivity": 0}
    other_tenant.request("DELETE", "/notifications/cleanup", 200)
    assert len(told(tenant)) == 1


def test_an_actor_who_is_gone_is_null(tenant):
    older(tenant, "1 hour", message="of the replaced service")
    [notification] = tenant.get("/notifications")["data"]
    assert notification["actor"] is None and notification["metadata"] == {} and "entityName" not in notification


# --- lists ----------------------------------------------------------------------------------------------------------------

@pytest.fixture
def many(tenant):
    older(tenant, "2 days", 7)
    older(tenant, "1 day", 3, action="deleted")
    older(tenant, "1 hour", 2, entityType="attributeGroup", action="updated")
    return tenant


def test_lists_are_newest_first_with_their_totals(many):
    page = many.get("/notifications")
    assert page["pagination"] == {"page": 1, "limit": 20, "total": 12, "totalPages": 1, "hasNext": False, "hasPrev": False,
                                  "nextCursor": None}
    ids = [n["id"] for n in page["data"]]
    assert ids == sorted(ids, reverse=True) and len(ids) == 12
    assert [n["id"] for n in many.get("/notifications", page=2, limit=5)["data"]] == ids[5:10]
    seen, cursor = [], None
    while True:
        page = many.get("/notifications", limit=5, **({"cursor": cursor} if cursor else {}))
        seen += [n["id"] for n in page["data"]]
        cursor = page["pagination"]["nextCursor"]
        if not cursor:
            break
    assert seen == ids
    assert many.get("/notifications", page=9)["data"] == [] and many.get("/notifications", page=9)["pagination"]["total"] == 12
    assert many.get("/notifications", limit=1000)["pagination"]["limit"] == 100


def test_filters_narrow_each_other(many):
    assert many.get("/notifications", entityType="product")["pagination"]["total"] == 10
    assert many.get("/notifications", action="deleted")["pagination"]["total"] == 3
    assert many.get("/notifications", entityType="attributeGroup", action="deleted")["data"] == []
    assert len(told(many, entityType="product", action="deleted")) == 3


@pytest.mark.parametrize("parameters, word", [({"entityType": "shoe"}, "entityType"), ({"action": "eaten"}, "action"),
                                              ({"page": "abc"}, "page"), ({"limit": "1.5"}, "limit"), ({"cursor": "x"}, "cursor")])
def test_wrong_parameters_are_named(tenant, parameters, word):
    answer = tenant.request("GET", "/notifications", 400, params=parameters).json()
    assert isinstance(answer["message"], list) and answer["message"][0].startswith(word)


def test_what_an_import_of_the_replaced_service_wrote_is_found(tenant):
    """D-68: its upper-case types are taken for what they are."""
    older(tenant, "1 day", entityType="PRODUCT", action="BULK_CREATED", message="Item Products was BULK_CREATED")
    assert told(tenant, entityType="product", action="bulk_created") == [("product", "bulk_created", "Item Products was BULK_CREATED")]
    assert tenant.get("/notifications/stats")["byEntityType"] == {"product": 1}


# --- counts and cleaning up -----------------------------------------------------------------------------------------------

def test_statistics_are_over_all_of_them(many):
    """D-45: not over the newest thousand."""
    older(many, "3 days", 1500, action="updated")
    assert many.get("/notifications/stats") == {
        "totalNotifications": 1512, "byEntityType": {"attributeGroup": 2, "product": 1510},
        "byAction": {"created": 7, "deleted": 3, "updated": 1502}, "recentActivity": 2}


def test_cleaning_up_takes_what_is_older_than_thirty_days(tenant, other_tenant):
    older(tenant, "30 days 1 minute", 3)
    older(tenant, "29 days 23 hours 59 minutes", 2)
    older(other_tenant, "90 days")
    assert tenant.request("DELETE", "/notifications/cleanup", 200).json() == {
        "message": "Successfully deleted 3 old notifications", "deletedCount": 3}
    assert tenant.request("DELETE", "/notifications/cleanup", 200).json()["deletedCount"] == 0
    assert tenant.get("/notifications")["pagination"]["total"] == 2
    assert other_tenant.get("/notifications")["pagination"]["total"] == 1
    [event] = tenant.events()
    assert event["action"] == "notification.cleanup" and event["detail"] == {"count": 3} and event["actorId"] == tenant.id
