"""The trash as one, over all kinds: what is in it, the acts that put it there, taking an act back, emptying, and what keeps
it from losing too much."""

import itertools
import json
import re

import pytest

from service import REPOSITORY
from tenants import new_staff, new_tenant

ALL = ["product", "asset", "assetGroup", "category", "family", "attribute", "attributeGroup"]
RESOURCE = {"product": "products", "category": "categories", "family": "families", "attribute": "attributes",
            "attributeGroup": "attribute-groups"}
WITH_ROUTES = list(RESOURCE)


def made(tenant, kind: str, name: str) -> int:
    return {"product": lambda: tenant.create(name=name)["id"], "category": lambda: tenant.category(name),
            "family": lambda: tenant.family(name), "attribute": lambda: tenant.attribute(name),
            "attributeGroup": lambda: tenant.attribute_group(name)}[kind]()


def deleted(tenant, kind: str, number: int, **params) -> dict:
    return tenant.request("DELETE", f"/{RESOURCE[kind]}/{number}", 200, params=params or None).json()


@pytest.fixture
def mixed(tenant):
    """One of each kind in the trash, the oldest deletion first."""
    tenant.numbers = {kind: made(tenant, kind, f"A {kind}") for kind in WITH_ROUTES}
    tenant.acts = {kind: deleted(tenant, kind, number)["deletionId"] for kind, number in tenant.numbers.items()}
    return tenant


# --- the whole trash ----------------------------------------------------------------------------------------------------

def test_the_trash_lists_all_kinds_together_the_newest_first(mixed, database):
    database.execute('UPDATE "User" SET fullname = %s WHERE id = %s', ("Olga Owner", mixed.id))
    page = mixed.get("/trash")
    assert [(item["kind"], item["id"]) for item in page["data"]] == list(reversed(mixed.numbers.items()))
    assert page["pagination"] == {"limit": 20, "total": 5, "hasNext": False, "nextCursor": None}
    assert page["kinds"] == dict.fromkeys(sorted(WITH_ROUTES), 1)
    for item in page["data"]:
        assert item["deletionId"] == mixed.acts[item["kind"]] and item["deletedBy"] == mixed.id
        assert item["deletedByName"] == "Olga Owner"
        assert item["daysLeft"] == 30 and item["purgeAt"] > item["deletedAt"] and item["holdId"] is None


def test_the_trash_is_filtered_by_kind_who_age_and_name(mixed, database):
    def names(**params):
        page = mixed.get("/trash", **params)
        assert page["pagination"]["total"] == len(page["data"])
        return {item["kind"] for item in page["data"]}

    assert names(kind="product,family") == {"product", "family"}
    assert names(search="a CATEG") == {"category"}
    assert names(search="%") == names(deletedBy=mixed.id + 1) == set()
    assert names(deletedBy=mixed.id) == set(WITH_ROUTES)
    assert names(deletionId=mixed.acts["attribute"]) == {"attribute"}
    database.execute('''UPDATE "Family" SET "deletedAt" = "deletedAt" - interval '10 days' WHERE id = %s''', (mixed.numbers["family"],))
    assert names(olderThanDays=9) == {"family"} and names(olderThanDays=11) == set()
    assert names(deletedBefore="2020-01-01") == set() and names(deletedAfter="2020-01-01") == set(WITH_ROUTES)
    for wrong in ({"kind": "shop"}, {"deletedBy": "x"}, {"cursor": "x"}, {"deletedAfter": "soon"}, {"page": "2"}):
        mixed.request("GET", "/trash", 400, params=wrong)


def test_its_pages_meet_whatever_was_deleted_at_one_moment(tenant, database):
    for kind in WITH_ROUTES:
        for n in range(3):
            deleted(tenant, kind, made(tenant, kind, f"{kind} {n}"))
    for table in ("Product", "Category", "Family", "Attribute", "AttributeGroup"):
        database.execute(f'''UPDATE "{table}" SET "deletedAt" = '2026-01-01' WHERE "userId" = %s''', (tenant.id,))
    seen, cursor = [], None
    for _ in range(20):
        page = tenant.get("/trash", limit=2, **({"cursor": cursor} if cursor else {}))
        assert page["pagination"]["total"] == 15
        seen += [(item["kind"], item["id"]) for item in page["data"]]
        cursor = page["pagination"]["nextCursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 15


def test_everybody_sees_the_kinds_that_they_may_delete(mixed, other_tenant):
    staff = new_staff(mixed, grants=(("categories", "delete"), ("families", "update")))
    assert {item["kind"] for item in staff.get("/trash")["data"]} == {"category"}
    assert [act["kind"] for act in staff.get("/trash/deletions")["data"]] == ["category"]
    staff.request("GET", f"/trash/deletions/{mixed.acts['product']}", 404)
    staff.request("POST", f"/trash/deletions/{mixed.acts['product']}/restore", 404)
    staff.request("POST", f"/trash/deletions/{mixed.acts['category']}/restore", 404)  # may delete it, not change it
    staff.request("POST", f"/trash/deletions/{mixed.acts['family']}/restore", 200)
    assert other_tenant.get("/trash")["data"] == []
    for method, path in (("GET", ""), ("POST", "/restore"), ("DELETE", "/permanent"), ("GET", "/restore-preview")):
        other_tenant.request(method, f"/trash/deletions/{mixed.acts['product']}{path}", 404)
    assert mixed.get("/trash")["pagination"]["total"] == 4


# --- acts ---------------------------------------------------------------------------------------------------------------

def test_an_act_says_what_it_removed_and_what_is_left(tenant):
    parent = tenant.create(name="Boot")["id"]
    variants = [tenant.variant(parent)["id"] for _ in range(3)]
    act = tenant.delete(parent, softDeleteVariants="true")
    assert act["itemCount"] == 4
    path = f"/trash/deletions/{act['deletionId']}"
    shown = tenant.get(path)
    assert shown["deletion"] | {"kind": "product", "rootId": parent, "rootName": "Boot", "itemCount": 4, "left": 4, "restored": 0,
                                "purged": 0, "state": "done", "deletedBy": tenant.id} == shown["deletion"]
    assert {item["id"] for item in shown["data"]} == {parent, *variants} and shown["pagination"]["total"] == 4
    tenant.restore(variants[0])
    tenant.purge(variants[1])
    now = tenant.get(path)["deletion"]
    assert (now["itemCount"], now["left"], now["restored"], now["purged"], now["undo"]) == (4, 2, 1, 1, f"POST {path}/restore")
    listed = tenant.get("/trash/deletions", left="true")["data"]
    assert [a["id"] for a in listed] == [act["deletionId"]]
    tenant.request("POST", f"{path}/restore", 200)
    [over] = tenant.get("/trash/deletions")["data"]
    assert tenant.get("/trash/deletions", left="true")["data"] == [] and (over["left"], over["undo"]) == (0, None), "no way that leads nowhere"
    assert tenant.request("POST", f"{path}/restore", 404).json()["message"] == \
        f"Nothing of deletion {act['deletionId']} is in the trash any more"


def test_acceptance_4_undoing_an_act_brings_back_what_it_removed_no_more_no_less(tenant):
    parent = tenant.create()["id"]
    monday, tuesday = [tenant.variant(parent)["id"] for _ in range(2)]
    first = tenant.delete(monday)["deletionId"]
    second = tenant.delete(parent, softDeleteVariants="true")["deletionId"]
    undone = tenant.request("POST", f"/trash/deletions/{second}/restore", 200).json()
    assert undone["restored"] == 2 and undone["left"] == 0
    assert tenant.get("/trash")["data"][0]["id"] == monday and tenant.get("/trash")["pagination"]["total"] == 1
    tenant.request("POST", f"/trash/deletions/{first}/restore", 200)
    assert {v["id"] for v in tenant.get(f"/products/{parent}/variants")["data"]} == {monday, tuesday}


def test_a_category_tree_goes_and_comes_back_as_one_act(tenant):
    root = tenant.category("Root")
    below = [tenant.category(f"Below {n}", parent=root) for n in range(3)]
    act = deleted(tenant, "category", root, subtree="true")
    assert act["itemCount"] == 4
    tenant.request("POST", f"/trash/deletions/{act['deletionId']}/restore", 200)
    for number in (root, *below):
        tenant.request("GET", f"/categories/{number}", 200)


def test_an_act_is_purged_as_one_and_leaves_a_certificate(tenant, database):
    parent = tenant.create()["id"]
    tenant.variant(parent)
    act = tenant.delete(parent, softDeleteVariants="true")["deletionId"]
    dry = tenant.request("DELETE", f"/trash/deletions/{act}/permanent?dryRun=true", 200).json()
    assert dry["dryRun"] and dry["rows"] == 2 and dry["variants"] == 1 and dry["kinds"] == {"product": 2}
    assert tenant.get("/trash")["pagination"]["total"] == 2, "a dry run changes nothing"
    purged = tenant.request("DELETE", f"/trash/deletions/{act}/permanent?reason=too%20old", 200).json()
    assert purged["purged"] == 2
    [certificate] = tenant.get("/trash/certificates")["data"]
    assert certificate["id"] == purged["certificateId"] and certificate["purgedBy"] == tenant.id
    assert (certificate["itemCount"], certificate["reason"], certificate["kinds"]) == (2, "too old", {"product": 2})
    items = tenant.get(f"/trash/certificates/{certificate['id']}/items")["data"]
    assert len(items) == 2 and all(len(item["contentHash"]) == 64 and item["deletionId"] == act for item in items)
    assert database.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s', (tenant.id,)).fetchone() == (0,)
    tenant.request("DELETE", f"/trash/deletions/{act}/permanent", 404)


def test_rows_that_another_program_trashed_have_no_act_and_are_acted_on_one_by_one(tenant, database):
    number = tenant.create(name="Foreign")["id"]
    database.execute('''UPDATE "Product" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s''', (number,))
    [item] = tenant.get("/trash")["data"]
    assert item["id"] == number and item["deletionId"] is None and item["deletedBy"] is None and item["daysLeft"] == 30
    tenant.restore(number, onConflict="rename")
    assert tenant.get(f"/products/{number}")["name"] == "Foreign"
    database.execute('''UPDATE "Product" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s''', (number,))
    tenant.purge(number)
    assert tenant.get("/trash")["data"] == []


def test_how_long_things_are_kept_is_said_for_the_tenant_and_for_an_act(mixed):
    assert mixed.get("/trash/settings") == {"retentionDays": 30, "isOwnRetention": False, "brakeRows": 1000, "brakePercent": 5,
                                            "brakeReleasedUntil": None}
    mixed.request("PATCH", "/trash/settings", 200, json={"retentionDays": 90})
    assert {item["daysLeft"] for item in mixed.get("/trash")["data"]} == {90}
    assert mixed.trash()["data"][0]["purgeAt"] == mixed.get("/trash", kind="product")["data"][0]["purgeAt"]
    act = mixed.acts["family"]
    mixed.request("PATCH", f"/trash/deletions/{act}", 200, json={"keepDays": 400})
    assert {item["kind"]: item["daysLeft"] for item in mixed.get("/trash")["data"]} == dict.fromkeys(WITH_ROUTES, 90) | {"family": 400}
    mixed.request("PATCH", f"/trash/deletions/{act}", 200, json={"keepDays": None})
    mixed.request("PATCH", "/trash/settings", 200, json={"retentionDays": None})
    assert {item["daysLeft"] for item in mixed.get("/trash")["data"]} == {30}
    mixed.request("PATCH", "/trash/settings", 400, json={"retentionDays": 0})
    mixed.request("PATCH", f"/trash/deletions/{act}", 400, json={})


# --- emptying -----------------------------------------------------------------------------------------------------------

def test_the_trash_is_emptied_by_whoever_says_how_much_is_in_it(mixed, other_tenant):
    other_tenant.delete(other_tenant.create()["id"])
    living = mixed.create()["id"]
    mixed.request("POST", "/trash/empty", 400, json={})
    assert mixed.request("POST", "/trash/empty", 409, json={"count": 4}).json()["count"] == 5
    assert mixed.request("POST", "/trash/empty?dryRun=true", 200, json={}).json()["count"] == 5
    assert mixed.get("/trash")["pagination"]["total"] == 5
    assert mixed.request("POST", "/trash/empty", 200, json={"count": 2, "kind": "family,product"}).json()["purged"] == 2
    assert mixed.request("POST", "/trash/empty", 200, json={"count": 3}).json()["purged"] == 3
    assert mixed.get("/trash")["data"] == [] and mixed.get(f"/products/{living}")["id"] == living
    assert other_tenant.get("/trash")["pagination"]["total"] == 1, "another tenant's trash is another"
    assert mixed.request("POST", "/trash/empty", 200, json={"count": 0}).json()["purged"] == 0


# --- legal holds ----------------------------------------------------------------------------------------------------------

def hold(tenant, kind: str, item: int | None = None) -> int:
    body = {"kind": kind, "reason": "lawsuit 17"} | ({"itemId": item} if item else {})
    return tenant.request("POST", "/trash/holds", 201, json=body).json()["id"]


def test_what_is_held_is_not_purged_by_any_way(tenant, database):
    attribute, category = tenant.attribute("Held value"), tenant.category("Held category")
    product = tenant.create(categoryId=category, attributesWithValues=[{"attributeId": attribute, "value": "x"}])["id"]
    free = tenant.create()["id"]
    placed = hold(tenant, "product", product)
    act = tenant.delete(product)["deletionId"]
    tenant.delete(free)
    deleted(tenant, "attribute", attribute)
    deleted(tenant, "category", category)
    for method, path, body in (("DELETE", f"/products/{product}/permanent", None), ("DELETE", f"/trash/deletions/{act}/permanent", None),
                               ("POST", "/products/bulk-permanent", {"ids": [free, product]}),
                               ("POST", "/trash/empty", {"count": 4}), ("DELETE", f"/attributes/{attribute}/permanent", None),
                               ("DELETE", f"/categories/{category}/permanent", None)):
        answer = tenant.request(method, path, 423, json=body).json()
        assert answer["code"] == "trash.held" and answer["hold"]["reason"] == "lawsuit 17" and answer["hold"]["placedBy"] == tenant.id
    with pytest.raises(Exception, match="legal hold"):
        database.execute('DELETE FROM "Product" WHERE id = %s', (product,))
    assert tenant.get("/trash")["pagination"]["total"] == 4
    assert {item["id"]: item["holdId"] for item in tenant.get("/trash", kind="product")["data"]} == {product: placed, free: None}
    assert [h["id"] for h in tenant.request("POST", "/trash/empty?dryRun=true", 200, json={}).json()["held"]].count(product) == 1
    kept = tenant.request("POST", "/trash/empty", 200, json={"count": 4, "skipHeld": True}).json()
    assert kept["purged"] == 1 and len(kept["kept"]) == 3
    tenant.restore(product)  # a restore is none
    tenant.delete(product)
    tenant.request("DELETE", f"/trash/holds/{placed}", 200)
    tenant.request("DELETE", f"/trash/holds/{placed}", 404)
    tenant.purge(product)
    assert [e["action"] for e in tenant.events(product) if e["action"].startswith("hold")] == ["hold.place", "hold.release"]


@pytest.mark.parametrize("kind", ["attribute", "asset", "category", "family", "attributeGroup", "assetGroup", "product"])
def test_nothing_of_any_kind_passes_a_hold_and_many_are_looked_at_at_once(tenant, database, kind):
    """By its own route, as one of a bulk, by its act, with everything, by the retention's view and by SQL: 423, and all is there."""
    resource = RESOURCE.get(kind) or {"asset": "assets", "assetGroup": "asset-groups"}[kind]
    make = {"asset": lambda n: tenant.asset(f"Held {n}"), "assetGroup": lambda n: tenant.request("POST", "/asset-groups", 201, json={"groupName": f"Held {n}"}).json()["id"]}
    numbers = [make[kind](n) if kind in make else made(tenant, kind, f"Held {n}") for n in range(3)]
    if kind == "product":  # whose certificate is of its values too
        database.execute('INSERT INTO "ProductAttribute"("productId", "attributeId", value) VALUES (%s, %s, %s)',
                         (numbers[0], tenant.attribute("Color"), 'a "red" one'))
    placed = hold(tenant, "tenant")
    act = tenant.request("POST", f"/{resource}/bulk-delete", 200, json={"ids": numbers}).json()["deletionId"]
    hashes = [database.execute("SELECT trash_content_hash(%s, %s)", (kind, number)).fetchone()[0] for number in numbers]
    for method, path, body in (("DELETE", f"/{resource}/{numbers[0]}/permanent", None), ("POST", f"/{resource}/bulk-permanent", {"ids": numbers}),
                               ("DELETE", f"/trash/deletions/{act}/permanent", None), ("POST", "/trash/empty", {"count": 3})):
        answer = tenant.request(method, path, 423, json=body).json()
        assert (answer["code"], answer["hold"]["id"], answer["item"]["kind"]) == ("trash.held", placed, kind)
    with pytest.raises(Exception, match="legal hold"):
        database.execute(f'DELETE FROM "{kind[0].upper() + kind[1:]}" WHERE id = %s', (numbers[0],))
    assert {item["holdId"] for item in tenant.get("/trash")["data"]} == {placed}
    dry = tenant.request("POST", f"/{resource}/bulk-permanent?dryRun=true", 200, json={"ids": numbers}).json()
    assert [h["id"] for h in dry["held"]] == numbers
    kept = tenant.request("POST", f"/{resource}/bulk-permanent", 200, json={"ids": numbers, "skipHeld": True}).json()
    assert (kept["purged"], len(kept["kept"])) == (0, 3) and tenant.get("/trash/certificates")["data"] == []
    tenant.request("DELETE", f"/trash/holds/{placed}", 200)
    gone = tenant.request("POST", f"/{resource}/bulk-permanent", 200, json={"ids": numbers}).json()
    [certificate] = tenant.get("/trash/certificates")["data"]
    assert gone["certificateId"] == certificate["id"] and certificate["kinds"] == {kind: 3} and len(certificate["contentHash"]) == 64
    items = tenant.get(f"/trash/certificates/{certificate['id']}/items")["data"]
    assert [item["id"] for item in items] == numbers and all(item["deletionId"] == act for item in items)
    assert [item["contentHash"] for item in items] == hashes


def test_a_hold_on_a_category_covers_all_below_it_and_one_on_the_tenant_everything(tenant):
    root = tenant.category("Root")
    below = tenant.category("Below", parent=root)
    inside, outside = tenant.create(categoryId=below)["id"], tenant.create()["id"]
    variant = tenant.variant(inside)["id"]
    placed = hold(tenant, "category", root)
    tenant.delete(inside)
    tenant.delete(outside)
    tenant.delete(variant)
    for number in (inside, variant):
        tenant.request("DELETE", f"/products/{number}/permanent", 423)
    tenant.purge(outside)
    tenant.request("DELETE", f"/trash/holds/{placed}", 200)
    placed = hold(tenant, "tenant")
    tenant.request("POST", "/trash/holds", 409, json={"kind": "tenant", "reason": "twice"})
    tenant.request("DELETE", f"/products/{variant}/permanent", 423)
    tenant.request("DELETE", f"/trash/holds/{placed}", 200)
    tenant.purge(variant)
    tenant.request("POST", "/trash/holds", 404, json={"kind": "product", "itemId": 999999999, "reason": "nothing"})
    for wrong in ({}, {"kind": "shop", "reason": "x"}, {"kind": "product", "reason": "x"}, {"kind": "tenant", "itemId": 1, "reason": "x"}):
        tenant.request("POST", "/trash/holds", 400, json=wrong)
    assert len(tenant.get("/trash/holds", released="true")["data"]) == 2 and tenant.get("/trash/holds")["data"] == []


# --- the brake --------------------------------------------------------------------------------------------------------------

def test_the_brake_stops_who_deletes_too_much_until_the_owner_releases_it(tenant):
    tenant.request("PATCH", "/trash/settings", 200, json={"brakeRows": 5})
    numbers = [tenant.create()["id"] for _ in range(8)]
    for number in numbers[:5]:
        tenant.delete(number)
    refused = tenant.request("DELETE", f"/products/{numbers[5]}", 423).json()
    assert refused["code"] == "trash.brake" and refused["brake"] == {"inTrashFromLastHour": 5, "wanted": 1, "allowed": 5}
    tenant.get(f"/products/{numbers[5]}")
    tenant.restore(numbers[0])  # net of restores
    tenant.delete(numbers[5])
    category = tenant.category("Also counted")
    tenant.request("DELETE", f"/categories/{category}", 423)
    new_staff(tenant, grants=(("products", "delete"),)).request("POST", "/trash/brake/release", 403)
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 5})
    for number in numbers[6:]:
        tenant.delete(number)


def test_the_installation_has_a_brake_of_its_own_and_an_owner_another(new_service):
    service = new_service(environment={"BRAKE_ROWS": "3", "BRAKE_PERCENT": "0"}).start()
    with service.connect() as database:
        tenant = new_tenant(service, database)
        settings = tenant.get("/trash/settings")
        assert (settings["brakeRows"], settings["brakePercent"]) == (3, 0)
        numbers = [tenant.create()["id"] for _ in range(6)]
        for number in numbers[:3]:
            tenant.delete(number)
        assert tenant.request("DELETE", f"/products/{numbers[3]}", 423).json()["brake"]["allowed"] == 3
        tenant.request("PATCH", "/trash/settings", 200, json={"retentionDays": 9})
        assert tenant.get("/trash/settings")["brakeRows"] == 3, "what is not set is the installation's"
        tenant.request("PATCH", "/trash/settings", 200, json={"brakeRows": 1, "brakePercent": 66})
        tenant.delete(numbers[3])  # 4 of 6
        tenant.request("DELETE", f"/products/{numbers[4]}", 423)
        tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 1})
        tenant.delete(numbers[4])
        tenant.request("PATCH", "/trash/settings", 200, json={"brakeRows": None})
        settings = tenant.get("/trash/settings")
        assert (settings["brakeRows"], settings["brakePercent"], settings["retentionDays"]) == (3, 66, 9)


def test_the_audit_only_grows(tenant, database):
    tenant.delete(tenant.create()["id"])
    for statement in ('UPDATE "AuditEvent" SET action = \'x\' WHERE "userId" = %s', 'DELETE FROM "AuditEvent" WHERE "userId" = %s'):
        with pytest.raises(Exception, match="the audit can't be changed"):
            database.execute(statement, (tenant.id,))
    routes = [json.loads(line) for line in tenant.service.run("client", "routes", "--json").stdout.splitlines()]
    assert [r for r in routes if "audit" in r["path"].lower() and r["method"] != "GET"] == [], "no route changes it"
    text = "".join(path.read_text() for path in (REPOSITORY / "src").rglob("*.sql"))
    assert not re.search(r'(UPDATE|DELETE FROM|TRUNCATE)\s+"AuditEvent"', text), "no statement changes it"
