"""Restores that meet something living: what stands in the way is said before and after, and whoever restores chooses."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rows import fingerprint
from service import wait_until

SIXTEEN, SIXTY_FOUR = 16, 64


def taken(tenant, **fields) -> tuple[int, int]:
    """A product in the trash, and the living one that has its SKU and its name."""
    fields = {"name": "Boot", "sku": "BOOT-1"} | fields
    old = tenant.create(**fields)["id"]
    tenant.delete(old)
    return old, tenant.create(**fields)["id"]


def at_once(*calls):
    """Runs the calls at the same moment; their results."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


# --- what is said before --------------------------------------------------------------------------------------------------

def test_a_preview_says_what_comes_back_what_is_in_the_way_and_the_choices(tenant, database):
    old, new = taken(tenant)
    before = fingerprint(database, tenant.id)
    shown = tenant.get(f"/products/{old}/restore-preview")
    assert (shown["count"], shown["itemCount"], shown["kinds"]) == (1, 1, {"product": 1})
    assert {(c["field"], c["value"], c["holder"]["id"]) for c in shown["conflicts"]} == {("sku", "BOOT-1", new), ("name", "Boot", new)}
    assert {(n["field"], n["value"]) for n in shown["renamedTo"]} == {("sku", "BOOT-1-restored"), ("name", "Boot-restored")}
    assert shown["choices"] == {"onConflict": ["fail", "rename", "replace", "skip"], "withDependencies": False}
    assert shown["purgeAt"] == tenant.trash()["data"][0]["purgeAt"]
    assert fingerprint(database, tenant.id) == before
    tenant.request("GET", f"/products/{new}/restore-preview", 404)


def test_a_preview_says_what_is_still_in_the_trash_and_a_restore_brings_it_back_with_it(tenant):
    root = tenant.category("Root")
    category, family, group = tenant.category("Shoes", parent=root), tenant.family("Boots"), tenant.attribute_group("Looks")
    parent = tenant.create(categoryId=category, familyId=family, attributeGroupId=group)["id"]
    variant = tenant.variant(parent)["id"]
    tenant.delete(variant)
    other = tenant.variant(parent)["id"]
    tenant.delete(parent, softDeleteVariants="true")
    tenant.request("DELETE", f"/categories/{root}", 200, params={"subtree": "true"})
    tenant.request("DELETE", f"/families/{family}", 200)
    tenant.request("DELETE", f"/attribute-groups/{group}", 200)
    shown = tenant.get(f"/products/{variant}/restore-preview")
    assert ("product", parent) in {(d["kind"], d["id"]) for d in shown["stillInTrash"]} and shown["choices"]["withDependencies"]
    with_all = tenant.get(f"/products/{variant}/restore-preview", withDependencies="true")
    assert with_all["kinds"] == {"attributeGroup": 1, "category": 2, "family": 1, "product": 2} and with_all["stillInTrash"] == []
    answer = tenant.restore(variant, withDependencies="true")
    assert answer["restored"] == 6 and answer["product"]["parentProductId"] == parent
    found = tenant.get(f"/products/{parent}")
    assert found["category"]["id"] == category and found["family"]["id"] == family and found["attributeGroup"]["id"] == group
    assert [item["id"] for item in tenant.get("/trash")["data"]] == [other], "what the parent's deletion took along is not a dependency"


def test_acceptance_17_a_preview_names_what_is_gone_for_good_and_what_comes_back_without_it(tenant, database):
    category, family, group, folder = tenant.category("Shoes"), tenant.family("Boots"), tenant.attribute_group("Looks"), None
    parent = tenant.create(name="Parent", categoryId=category, familyId=family, attributeGroupId=group)["id"]
    variant = tenant.variant(parent)["id"]
    folder = tenant.request("POST", "/asset-groups", 201, json={"groupName": "Photos"}).json()["id"]
    asset = tenant.asset("photo")
    database.execute('UPDATE "Asset" SET "assetGroupId" = %s WHERE id = %s', (folder, asset))
    below = tenant.category("Below", parent=category)
    tenant.delete(variant)
    tenant.delete(parent)
    tenant.request("DELETE", f"/assets/{asset}", 200)
    tenant.request("DELETE", f"/categories/{below}", 200)
    gone = {"category": (category, "Shoes"), "family": (family, "Boots"), "attributeGroup": (group, "Looks"), "assetGroup": (folder, "Photos")}
    assert tenant.get(f"/products/{parent}/restore-preview")["gone"] == []
    for kind, (number, _) in gone.items():
        path = f"/{ {'category': 'categories', 'family': 'families', 'attributeGroup': 'attribute-groups', 'assetGroup': 'asset-groups'}[kind]}/{number}"
        tenant.request("DELETE", path, 200)
        tenant.request("DELETE", f"{path}/permanent", 200)

    def said(path):
        return {(g["kind"], g["id"], g["name"], g["of"]["id"]) for g in tenant.get(f"{path}/restore-preview")["gone"]}

    assert said(f"/products/{parent}") == {(kind, number, name, parent) for kind, (number, name) in gone.items() if kind != "assetGroup"}
    assert said(f"/assets/{asset}") == {("assetGroup", folder, "Photos", asset)} and said(f"/categories/{below}") == {("category", category, "Shoes", below)}
    [of_category] = [g for g in tenant.get(f"/products/{parent}/restore-preview")["gone"] if g["kind"] == "category"]
    assert of_category["purgedAt"] and of_category["choice"] == f"PATCH /products/{parent} gives it another one when it is back"
    assert tenant.restore(parent)["product"].get("category") is None
    tenant.delete(parent)
    assert said(f"/products/{parent}") == set(), "of another deletion that says nothing"
    assert tenant.request("POST", f"/assets/{asset}/restore", 201) and tenant.get(f"/assets/{asset}")["assetGroupId"] is None
    tenant.request("POST", f"/categories/{below}/restore", 200)
    assert database.execute('SELECT "parentCategoryId", "isDeleted" FROM "Category" WHERE id = %s', (below,)).fetchone() == (None, False)
    tenant.purge(parent)
    assert said(f"/products/{variant}") >= {("product", parent, "Parent", variant)}
    tenant.purge(variant)
    assert database.execute('SELECT count(*) FROM "LostLink" WHERE "userId" = %s AND kind = %s', (tenant.id, "product")).fetchone() == (0,)


def test_a_preview_names_the_links_that_a_purge_took_along(tenant, database):
    """A product's further category, value and file; the attribute of a family and of a group."""
    first, further, size, colour, photo = (tenant.category("First"), tenant.category("Further"), tenant.attribute("Size"), tenant.attribute("Colour"),
                                           tenant.asset("photo"))
    family, group = tenant.family("Boots", required=(size,)), tenant.attribute_group("Looks", (size, colour))
    trashed, living, purged = ({"categoryId": first, "attributesWithValues": [{"attributeId": size, "value": "9"}]} for _ in range(3))
    trashed, living, purged = (tenant.create(**body)["id"] for body in (trashed, living, purged))
    for product in (trashed, living, purged):
        tenant.link_asset(product, photo)
        database.execute('INSERT INTO "ProductCategory"("productId", "categoryId", position) VALUES (%s, %s, 1)', (product, further))
    for path in (f"/products/{trashed}", f"/products/{purged}", f"/families/{family}", f"/attribute-groups/{group}"):
        tenant.request("DELETE", path, 200)
    going = [("categories", further), ("attributes", size), ("assets", photo)]
    for path, number in going:
        tenant.request("DELETE", f"/{path}/{number}", 200)
    assert tenant.get(f"/products/{trashed}/restore-preview")["gone"] == [], "what is in the trash is not gone"
    for path, number in going:
        tenant.request("DELETE", f"/{path}/{number}/permanent", 200)

    def said(path):
        return [(g["kind"], g["id"], g["name"]) for g in tenant.get(f"{path}/restore-preview")["gone"]]

    assert said(f"/products/{trashed}") == [("asset", photo, "photo"), ("attribute", size, "Size"), ("category", further, "Further")]
    assert said(f"/families/{family}") == said(f"/attribute-groups/{group}") == [("attribute", size, "Size")]
    assert database.execute('SELECT count(*) FROM "LostLink" WHERE "itemId" = %s AND kind = %s', (living, "product")).fetchone() == (0,)
    tenant.request("POST", "/products/bulk-permanent", 200, json={"ids": [purged]})
    tenant.restore(trashed)
    tenant.delete(trashed)
    assert said(f"/products/{trashed}") == [], "of another deletion that says nothing"
    assert database.execute("""SELECT DISTINCT "itemId" FROM "LostLink" WHERE "userId" = %s AND kind = 'product'""", (tenant.id,)).fetchall() == [(trashed,)]


def test_acceptance_17_a_restore_with_its_category_in_the_trash_says_so_and_never_fails_half_way(tenant):
    category = tenant.category("Shoes")
    product = tenant.create(categoryId=category)["id"]
    act = tenant.delete(product)["deletionId"]
    tenant.request("DELETE", f"/categories/{category}", 200)
    answer = tenant.request("POST", f"/trash/deletions/{act}/restore", 200).json()
    [needed] = answer["stillInTrash"]
    assert needed == {"kind": "category", "id": category, "name": "Shoes", "of": {"kind": "product", "id": product},
                      "restore": f"POST /categories/{category}/restore"}
    assert tenant.get(f"/products/{product}").get("category") is None
    tenant.request(*needed["restore"].split(" "), 200)
    assert tenant.get(f"/products/{product}")["category"]["id"] == category


# --- the four choices -------------------------------------------------------------------------------------------------------

def test_acceptance_2_failing_names_the_living_one_and_changes_nothing(tenant, database):
    old, new = taken(tenant)
    before = fingerprint(database, tenant.id)
    for path in (f"/products/{old}/restore", f"/trash/deletions/{tenant.deletions()[0]['id']}/restore"):
        refused = tenant.request("POST", path, 409).json()
        assert refused["code"] == "product.sku_taken" and refused["conflict"]["product"]["id"] == new
    assert refused["choices"] == ["rename", "replace", "skip"]
    assert fingerprint(database, tenant.id) == before
    assert [e["action"] for e in tenant.events(old)][-2:] == ["product.restore_refused"] * 2


def test_renaming_takes_the_first_free_name_each_time(tenant):
    for expected in ("BOOT-1-restored", "BOOT-1-restored-2", "BOOT-1-restored-3"):
        if expected == "BOOT-1-restored":
            old, living = taken(tenant)
        else:
            tenant.delete(living)
            old, living = living, tenant.create(name="Boot", sku="BOOT-1")["id"]
        answer = tenant.restore(old, onConflict="rename")
        assert answer["product"]["sku"] == expected and answer["product"]["name"] == expected.replace("BOOT-1", "Boot")
        assert answer["renamed"] == [{"kind": "product", "id": old, "name": {"from": "Boot", "to": answer["product"]["name"]},
                                      "sku": {"from": "BOOT-1", "to": expected}}]


def test_a_renamed_one_stays_within_the_limits_and_what_is_free_keeps_its_name(tenant):
    sku, name = "S" * 40, "N" * 100
    old, _ = taken(tenant, sku=sku, name=name)
    product = tenant.restore(old, onConflict="rename")["product"]
    assert product["sku"] == "S" * 31 + "-restored" and product["name"] == "N" * 91 + "-restored"
    old = tenant.create(name="Only the SKU", sku="ONLY-1")["id"]
    tenant.delete(old)
    tenant.create(name="Another", sku="ONLY-1")
    product = tenant.restore(old, onConflict="rename")["product"]
    assert (product["sku"], product["name"]) == ("ONLY-1-restored", "Only the SKU")


def test_replacing_moves_what_is_in_the_way_to_the_trash_as_an_act_of_its_own(tenant):
    old, new = taken(tenant)
    answer = tenant.restore(old, onConflict="replace")
    [replaced] = answer["replaced"]
    assert (replaced["kind"], replaced["id"], replaced["name"]) == ("product", new, "Boot")
    assert tenant.ids() == [old] and [i["id"] for i in tenant.trash()["data"]] == [new]
    assert tenant.deletions()[-1]["reason"] == "replaced by a restore" and tenant.deletions()[-1]["id"] == replaced["deletionId"]
    tenant.request(*replaced["undo"].split(" "), 409)
    tenant.request(*replaced["undo"].split(" "), 200, params={"onConflict": "replace"})
    assert tenant.ids() == [new]
    # Where one has the SKU and another the name, both make room.
    tenant.update(new, name="Other name")
    by_name = tenant.create(name="Boot")["id"]
    assert len(tenant.restore(old, onConflict="replace")["replaced"]) == 2
    assert tenant.ids() == [old] and {i["id"] for i in tenant.trash()["data"]} == {new, by_name}


def test_skipping_leaves_in_the_trash_what_can_not_come_back(tenant):
    old, new = taken(tenant)
    free = tenant.create()["id"]
    tenant.delete(free)
    answer = tenant.request("POST", "/products/bulk-restore", 200, json={"ids": [old, free], "onConflict": "skip"}).json()
    assert (answer["restored"], answer["left"]) == (1, 1) and {c["id"] for c in answer["conflicts"]} == {old}
    assert set(tenant.ids()) == {new, free} and [i["id"] for i in tenant.trash()["data"]] == [old]
    alone = tenant.restore(old, onConflict="skip")
    assert alone["message"] == "Product stays in the trash: its SKU or name is taken, and onConflict is skip"
    assert (alone["restored"], alone["left"], alone["product"]) == (0, 1, None)


@pytest.mark.parametrize("kind,resource", [("category", "categories"), ("family", "families"), ("attribute", "attributes"),
                                           ("attribute_group", "attribute-groups")])
def test_every_kind_has_the_choices(tenant, kind, resource):
    make = getattr(tenant, kind)
    old = make("Same")
    tenant.request("DELETE", f"/{resource}/{old}", 200)
    new = make("Same")
    tenant.request("POST", f"/{resource}/{old}/restore", 409)
    assert tenant.get(f"/{resource}/{old}/restore-preview")["conflicts"][0]["holder"]["id"] == new
    tenant.request("POST", f"/{resource}/{old}/restore", 200, params={"onConflict": "rename"})
    assert tenant.get(f"/{resource}/{old}")["name"] == "Same-restored"
    tenant.request("DELETE", f"/{resource}/{old}", 200)
    tenant.request("DELETE", f"/{resource}/{new}", 200)
    again = make("Same")
    answer = tenant.request("POST", f"/{resource}/{new}/restore", 200, params={"onConflict": "replace"}).json()
    assert [r["id"] for r in answer["replaced"]] == [again]
    tenant.request("POST", f"/{resource}/{again}/restore", 400, params={"onConflict": "maybe"})


def test_two_of_one_act_that_have_one_name_by_now_come_back_apart(tenant):
    first = tenant.create(name="One", sku="TWIN-1")["id"]
    tenant.delete(first)
    second = tenant.create(name="Two", sku="TWIN-1")["id"]
    tenant.delete(second)
    refused = tenant.request("POST", "/products/bulk-restore", 409, json={"ids": [first, second]}).json()
    assert refused["conflicts"] == [{"kind": "product", "id": first, "field": "sku", "value": "TWIN-1", "holder": None}]
    assert tenant.ids() == []
    told = tenant.events()[-1]
    assert (told["action"], told["entity"], told["detail"]) == ("product.bulk_restore_refused", "product", {"count": 1, "first": first})
    tenant.request("POST", "/products/bulk-restore", 200, json={"ids": [first, second], "onConflict": "rename"})
    assert tenant.get(f"/products/{first}")["sku"] == "TWIN-1-restored" and tenant.get(f"/products/{second}")["sku"] == "TWIN-1"


# --- bulks --------------------------------------------------------------------------------------------------------------------

def test_bulks_by_ids_filters_act_and_all(tenant, other_tenant):
    numbers = [tenant.create(name=f"Lamp {n}")["id"] for n in range(6)]
    acts = [tenant.delete(number)["deletionId"] for number in numbers]
    foreign = other_tenant.create()["id"]
    other_tenant.delete(foreign)

    def restored(**body):
        answer = tenant.request("POST", "/products/bulk-restore", 200, json=body).json()
        return answer["restored"], {item["id"] for item in answer["items"]}

    assert restored(ids=[numbers[0], foreign, 999999999]) == (1, {numbers[0]})
    assert restored(filters={"search": "lamp 1"}) == (1, {numbers[1]})
    assert restored(filters={"deletionId": acts[2]}) == (1, {numbers[2]})
    assert restored(filters={"deletedBefore": "2020-01-01"})[0] == 0
    dry = tenant.request("POST", "/products/bulk-permanent?dryRun=true", 200, json={"all": True}).json()
    assert dry["count"] == 3 and dry["previewToken"] is None
    purged = tenant.request("POST", "/products/bulk-permanent", 200, json={"filters": {"deletionId": acts[3]}, "reason": "old"}).json()
    assert purged["purged"] == 1
    assert restored(all=True)[0] == 2
    for wrong in ({}, {"ids": []}, {"filters": {}}, {"filters": {"shop": 1}}, {"ids": [1], "onConflict": "maybe"}, {"ids": ["a"]},
                  {"filters": {"deletedAfter": "soon"}}, {"shop": 1}):
        tenant.request("POST", "/products/bulk-restore", 400, json=wrong)
    assert len(other_tenant.trash()["data"]) == 1


def test_acceptance_15_a_bulk_is_one_act_with_an_event_for_each(tenant):
    numbers = [tenant.create()["id"] for _ in range(20)]
    for number in numbers:
        tenant.delete(number)
    tenant.request("POST", "/products/bulk-restore", 200, json={"ids": numbers})
    actions = [e["action"] for e in tenant.events()]
    assert actions.count("product.bulk_restore") == 1 and actions.count("product.restore_in_bulk") == 20
    for number in numbers:
        tenant.delete(number)
    tenant.request("POST", "/products/bulk-permanent", 200, json={"ids": numbers})
    actions = [e["action"] for e in tenant.events()]
    assert actions.count("product.bulk_purge") == 1 and actions.count("product.purge_in_bulk") == 20
    [certificate] = tenant.get("/trash/certificates")["data"]
    assert certificate["itemCount"] == 20


def test_more_than_a_thousand_want_to_be_looked_at_first(tenant, database):
    database.execute('''INSERT INTO "Product"(name, sku, "userId", "updatedAt", "isDeleted", "deletedAt")
                        SELECT 'Many ' || n, 'MANY-' || n, %s, now(), true, now() FROM generate_series(1, 1001) n''', (tenant.id,))
    wanted = {"filters": {"search": "Many"}}
    refused = tenant.request("POST", "/products/bulk-restore", 428, json=wanted).json()
    assert refused["code"] == "trash.preview_required" and refused["count"] == 1001
    token = tenant.request("POST", "/products/bulk-restore?dryRun=true", 200, json=wanted).json()["previewToken"]
    tenant.request("POST", "/products/bulk-restore", 428, json=wanted | {"previewToken": "1-00"})
    tenant.request("POST", "/products/bulk-restore", 428, json={"all": True, "previewToken": token})
    tenant.request("POST", "/products/bulk-permanent", 428, json=wanted | {"previewToken": token})
    assert tenant.request("POST", "/products/bulk-restore", 200, json=wanted | {"previewToken": token}).json()["restored"] == 1001


# --- races ----------------------------------------------------------------------------------------------------------------------

def test_64_clients_restore_64_products_with_one_sku_and_one_wins(tenant, database):
    numbers = [row[0] for row in database.execute(
        '''INSERT INTO "Product"(name, sku, "userId", "updatedAt", "isDeleted", "deletedAt")
           SELECT 'Race ' || n, 'RACE-1', %s, now(), true, now() FROM generate_series(1, %s) n RETURNING id''', (tenant.id, SIXTY_FOUR))]
    for how in ({}, {"onConflict": "fail", "withDependencies": "true"}):  # by the quick statement, and by that of all kinds
        answers = at_once(*(lambda n=n: tenant.request("POST", f"/products/{n}/restore", params=how) for n in numbers))
        assert sorted(a.status_code for a in answers) == [200] + [409] * 63, {a.text for a in answers if a.status_code not in (200, 409)}
        [winner] = tenant.ids()
        tenant.delete(winner)


def test_16_clients_restore_with_new_names_and_all_come_back(tenant, database):
    numbers = [row[0] for row in database.execute(
        '''INSERT INTO "Product"(name, sku, "userId", "updatedAt", "isDeleted", "deletedAt")
           SELECT 'Race', 'RACE-1', %s, now(), true, now() FROM generate_series(1, %s) RETURNING id''', (tenant.id, SIXTEEN))]
    answers = []
    for _ in range(6):  # who loses to others again and again is told so, and tries again
        left = [n for n in numbers if n not in tenant.ids()]
        if not left:
            break
        answers += at_once(*(lambda n=n: tenant.request("POST", f"/products/{n}/restore", params={"onConflict": "rename"}) for n in left))
    assert {a.status_code for a in answers} <= {200, 409}
    skus = {p["sku"] for p in tenant.get("/products", limit=100)["data"]}
    assert len(skus) == SIXTEEN and {"RACE-1", "RACE-1-restored"} <= skus


def test_one_that_goes_by_itself_while_it_is_replaced_leaves_no_act_of_nothing(service, tenant, database):
    """Somebody deletes what is in the way at the very moment in which a restore would replace it: it is not in the way any more."""
    old, new = taken(tenant)
    with service.connect() as other, ThreadPoolExecutor(1) as pool:
        with other.transaction():
            act = other.execute("""INSERT INTO "Deletion"("userId", kind, "rootId", "itemCount") VALUES (%s, 'product', %s, 1) RETURNING id""",
                                (tenant.id, new)).fetchone()[0]
            other.execute('UPDATE "Product" SET "isDeleted" = true, "deletedAt" = now(), "deletionId" = %s WHERE id = %s', (act, new))
            restoring = pool.submit(lambda: tenant.request("POST", f"/products/{old}/restore", params={"onConflict": "replace"}))
            wait_until(lambda: database.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall(), 30, "the restore to wait")
        answer = restoring.result()
    assert answer.status_code == 200 and answer.json()["replaced"] == [] and tenant.ids() == [old]
    assert [d["id"] for d in tenant.deletions() if d["reason"] == "replaced by a restore"] == []
    assert database.execute('SELECT "deletionId" FROM "Product" WHERE id = %s', (new,)).fetchone() == (act,)


ACTS = {"delete": ("DELETE", "/products/{}", None), "update": ("PATCH", "/products/{}", {"productLink": "https://a.example"}),
        "restore": ("POST", "/products/{}/restore", None), "purge": ("DELETE", "/products/{}/permanent", None),
        "rename": ("POST", "/products/{}/restore?onConflict=rename", None), "bulk": ("POST", "/products/bulk-permanent", {"ids": "{}"})}


@pytest.mark.parametrize("first", ACTS)
def test_two_acts_on_one_row_at_once_leave_it_in_one_state(tenant, database, first):
    for second in ACTS:
        number = tenant.create()["id"]
        if first in ("restore", "purge", "rename", "bulk") or second in ("restore", "purge", "rename", "bulk"):
            tenant.delete(number)

        def call(name):
            method, path, body = ACTS[name]
            body = {"ids": [number]} if name == "bulk" else body
            return tenant.request(method, path.format(number), json=body)

        answers = at_once(lambda: call(first), lambda: call(second), lambda: call(first), lambda: call(second))
        assert {a.status_code for a in answers} <= {200, 404, 409}, (first, second, [a.text for a in answers])
        states = database.execute('SELECT "isDeleted", "deletionId" IS NOT NULL FROM "Product" WHERE id = %s', (number,)).fetchall()
        assert states in ([], [(False, False)], [(True, True)]), (first, second)
        [(total,)] = database.execute('''SELECT coalesce(sum(rows), 0) FROM "ListTotal" WHERE "userId" = %s AND kind = 'product.trash' ''', (tenant.id,))
        assert total == database.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s AND "isDeleted"', (tenant.id,)).fetchone()[0]


@pytest.mark.parametrize("kind, make, change", [
    ("assets", lambda t: t.asset("race"), {"name": "raced"}), ("categories", lambda t: t.category("Race"), {"name": "Raced"}),
    ("asset-groups", lambda t: t.request("POST", "/asset-groups", 201, json={"groupName": "Race"}).json()["id"], {"groupName": "Raced"}),
    ("families", lambda t: t.family("Race"), {"name": "Raced"}), ("attributes", lambda t: t.attribute("Race"), {"name": "Raced"}),
    ("attribute-groups", lambda t: t.attribute_group("Race"), {"name": "Raced"}), ("products", lambda t: t.create()["id"], {"name": "Raced"})])
def test_64_acts_of_all_kinds_on_one_thing_leave_it_whole(tenant, database, kind, make, change):
    """Delete, restore, purge, hold and rename of the very same row: each answer is one of those that may be, and what is left agrees
    with what was answered."""
    number = make(tenant)
    hold = {"kind": "category", "itemId": number, "reason": "a case"} if kind == "categories" else {"kind": "tenant", "reason": "a case"}
    calls = [("DELETE", f"/{kind}/{number}", None), ("POST", f"/{kind}/{number}/restore", None), ("PATCH", f"/{kind}/{number}", change),
             ("POST", f"/{kind}/bulk-delete", {"ids": [number]}), ("POST", f"/{kind}/bulk-restore", {"ids": [number]}),
             ("DELETE", f"/{kind}/{number}/permanent", None), ("POST", "/trash/holds", hold), ("POST", f"/{kind}/bulk-permanent", {"ids": [number]})]

    def call(n):
        method, path, body = calls[n % len(calls)]
        return method, path, tenant.request(method, path, json=body)

    answers = at_once(*(lambda n=n: call(n) for n in range(SIXTY_FOUR)))
    assert {a.status_code for _, _, a in answers} <= {200, 201, 404, 409, 423}, [(m, p, a.text) for m, p, a in answers if a.status_code >= 500]
    table = {"assets": "Asset", "categories": "Category", "asset-groups": "AssetGroup", "families": "Family", "attributes": "Attribute",
             "attribute-groups": "AttributeGroup", "products": "Product"}[kind]
    rows = database.execute(f'SELECT "isDeleted", "deletionId" IS NOT NULL FROM "{table}" WHERE id = %s', (number,)).fetchall()
    purges = [a for m, p, a in answers if a.status_code == 200 and (p.endswith("/permanent") or p.endswith("-permanent")) and a.json()["purged"]]
    assert rows in ([], [(False, False)], [(True, True)]) and len(purges) == (rows == [])
    certificates = database.execute('SELECT count(*) FROM "PurgeCertificate" WHERE "userId" = %s', (tenant.id,)).fetchone()[0]
    assert certificates == len(purges), "a certificate for each purge, and none without"
    events = {e["id"]: e["action"] for e in tenant.events()}
    held_since = min((n for n, action in events.items() if action == "hold.place"), default=None)
    assert held_since is None or all(n < held_since for n, action in events.items() if ".purge" in action), "nothing passed the hold"


@pytest.mark.parametrize("purge", ["one by one", "everything", "those due"])
def test_acceptance_18_a_restore_that_was_confirmed_is_never_purged(tenant, database, purge):
    """200 restores of each, at the instant of a purge: what was answered is what is."""
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 60})
    restored = 0
    for _ in range(25):
        numbers = [tenant.create()["id"] for _ in range(8)]
        tenant.request("POST", "/products/bulk-delete", 200, json={"ids": numbers})
        if purge == "one by one":
            purges = [lambda n=n: tenant.request("DELETE", f"/products/{n}/permanent") for n in numbers]
        elif purge == "everything":
            purges = [lambda: tenant.request("POST", "/trash/empty", json={"count": 8}), lambda: tenant.request("POST", "/products/bulk-permanent", json={"all": True})]
        else:
            database.execute("""UPDATE "Product" SET "deletedAt" = "deletedAt" - interval '31 days' WHERE id = ANY (%s)""", (numbers,))
            purges = [lambda: tenant.service.run("cleanup", "run", "--once", "--json")]
        answers = at_once(*(lambda n=n: tenant.request("POST", f"/products/{n}/restore") for n in numbers), *purges)
        assert {a.status_code for a in answers if hasattr(a, "status_code")} <= {200, 404, 409}
        living = {row[0] for row in database.execute('SELECT id FROM "Product" WHERE id = ANY (%s) AND NOT "isDeleted"', (numbers,))}
        for number, answer in zip(numbers, answers):
            assert (number in living) == (answer.status_code == 200)
        restored += len(living)
    certified = database.execute("""SELECT count(*) FROM "PurgedItem" i JOIN "PurgeCertificate" c ON c.id = i."certificateId" WHERE c."userId" = %s""",
                                 (tenant.id,)).fetchone()[0]
    left = database.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s', (tenant.id,)).fetchone()[0]
    assert restored <= left and certified == 200 - left, "each that went has left a certificate, and none that stayed"
    assert 0 < restored, "some were restored"
