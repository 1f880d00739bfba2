"""The trash of products: nothing that was deleted is lost, nothing that is in the trash shows.

Names with a number are the acceptance tests of the same number: failure modes that users of other systems reported.
"""

import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tenants import new_staff

CANARY = "Canary-7f3a"
PNG = b"\x89PNG\r\n\x1a\n"


# --- what can be proven about rows ---------------------------------------------------------------------------------

def referring_columns(database) -> list[tuple[str, str]]:
    """Each table and column that points at a product."""
    return database.execute('''
        SELECT c.conrelid::regclass::text, quote_ident(a.attname)
          FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND c.confrelid = '"Product"'::regclass AND c.conrelid <> c.confrelid
         ORDER BY 1''').fetchall()


def fingerprint(database, *products: int) -> dict[str, str]:
    """A hash over every column of the products' own rows, and of every row that points at them, for each table."""
    sources = [('"Product"', "id"), *referring_columns(database)]
    return {table: database.execute(f'''SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))
                                        FROM {table} t WHERE {column} = ANY (%s)''', (list(products),)).fetchone()[0]
            for table, column in sources}


def row(database, product: int) -> dict | None:
    with database.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute('SELECT * FROM "Product" WHERE id = %s', (product,)).fetchone()


def acts(tenant, product: int) -> list[str]:
    """What the audit says was done to a product since it was made, oldest first."""
    return [event["action"] for event in tenant.events(product)
            if event["action"] in ("product.delete", "product.restore", "product.purge")]


@pytest.fixture
def rich(tenant):
    """A product with everything: three variants, four assets, twelve values, a category and two further ones."""
    attributes = [tenant.attribute(f"attribute {n}") for n in range(12)]
    family = tenant.family("Rich family", required=tuple(attributes[:3]), optional=tuple(attributes[3:6]))
    category = tenant.category("First category")
    parent = tenant.create(
        name="Rich product", sku="RICH-0001", categoryId=category, familyId=family, imageUrl="/p.png",
        subImages=["/s1.png", "/s2.png"], attributeGroupId=tenant.attribute_group("Group"),
        familyAttributesWithValues=[{"attributeId": a, "value": f"value {a}"} for a in attributes[:6]],
        attributesWithValues=[{"attributeId": a, "value": f"value {a}"} for a in attributes[6:]])
    for n in range(4):
        tenant.link_asset(parent["id"], tenant.asset(f"asset {n}"))
    for n in range(2):
        tenant.database.execute('INSERT INTO "ProductCategory"("productId", "categoryId", position) VALUES (%s, %s, %s)',
                                (parent["id"], tenant.category(f"Further {n}"), n + 1))
    variants = [tenant.create(name=f"Rich variant {n}", sku=f"RICH-0001-{n}", parentSku="RICH-0001")["id"] for n in range(3)]
    tenant.parent, tenant.variants, tenant.category_id, tenant.family_id = parent["id"], variants, category, family
    tenant.attributes = attributes
    return tenant


# --- the guide's form ------------------------------------------------------------------------------------------------

def test_delete_list_restore_and_permanent_in_the_words_of_the_guide(tenant, database):
    """D-02, D-03: a restore found nothing, nor did a permanent delete of what is in the trash."""
    made = tenant.create(name="Boot", sku="BOOT-1")
    number = made["id"]
    deleted = tenant.delete(number)
    assert deleted["message"] == "Product successfully soft deleted"
    assert tenant.request("GET", f"/products/{number}").status_code == 404
    assert tenant.ids() == [] and tenant.get("/products")["pagination"]["total"] == 0

    page = tenant.trash()
    assert page["pagination"]["total"] == 1
    item = page["data"][0]
    assert (item["id"], item["name"], item["sku"], item["isDeleted"]) == (number, "Boot", "BOOT-1", True)
    assert item["deletedAt"].endswith("Z") and len(item["deletedAt"]) == len("2026-11-24T03:37:13.534Z")
    assert {"productLink", "imageUrl", "subImages", "status", "categoryId", "attributeGroupId", "familyId",
            "parentProductId", "userId", "createdAt", "updatedAt", "thumbnailUrl", "thumbnailSubImages"} <= item.keys()

    restored = tenant.restore(number)
    assert restored["message"] == "Product successfully restored"
    assert restored["product"] == made == tenant.get(f"/products/{number}")
    assert tenant.ids() == [number] and tenant.trash()["data"] == []

    tenant.delete(number)
    assert tenant.purge(number)["message"] == "Product permanently deleted"
    assert row(database, number) is None
    assert tenant.trash()["pagination"]["total"] == 0
    assert acts(tenant, number) == ["product.delete", "product.restore", "product.delete", "product.purge"]


def test_the_trash_lists_the_newest_deletion_first_and_pages(tenant, database):
    """D-67: the literal path is not taken for an id."""
    made = [tenant.create()["id"] for _ in range(5)]
    for number in (made[2], made[0], made[4], made[1], made[3]):
        tenant.delete(number)
    expected = [made[3], made[1], made[4], made[0], made[2]]
    assert tenant.ids("/products/deleted") == expected
    page = tenant.trash(page=2, limit=2)
    assert [item["id"] for item in page["data"]] == expected[2:4]
    wanted = {"page": 2, "limit": 2, "total": 5, "totalPages": 3, "hasNext": True, "hasPrev": True}
    assert page["pagination"] | wanted == page["pagination"]


@pytest.mark.parametrize("method,path,status,message", [
    ("DELETE", "", 404, "Product with ID {id} not found or already deleted"),
    ("POST", "/restore", 404, "Soft-deleted product with ID {id} not found"),
    ("DELETE", "/permanent", 404, "Soft-deleted product with ID {id} not found")])
def test_acts_on_nothing_change_nothing_and_say_so(tenant, method, path, status, message):
    answer = tenant.request(method, f"/products/999999999{path}", status)
    assert answer.json()["message"] == message.format(id=999999999)
    answer = tenant.request(method, f"/products/abc{path}", 400)
    assert answer.json()["message"] == "Validation failed (numeric string is expected)"
    assert tenant.deletions() == []


# --- exactness -----------------------------------------------------------------------------------------------------

def test_acceptance_5_a_restored_product_is_exactly_what_it_was(rich, database):
    products = [rich.parent, *rich.variants]
    before = fingerprint(database, *products)
    shown = [rich.request("GET", f"/products/{n}").content for n in products]
    totals = rich.get("/products")["pagination"]["total"]
    exported = rich.request("GET", "/products/export", 200).content

    rich.delete(rich.parent, softDeleteVariants="true")
    assert rich.request("GET", "/products/export", 200).content != exported
    assert all(row(database, n)["isDeleted"] for n in products)
    assert fingerprint(database, *products) != before
    assert {table: h for table, h in fingerprint(database, *products).items() if table != '"Product"'} == \
           {table: h for table, h in before.items() if table != '"Product"'}, "a delete cut a link"
    rich.restore(rich.parent)

    assert fingerprint(database, *products) == before
    assert [rich.request("GET", f"/products/{n}").content for n in products] == shown
    assert rich.request("GET", "/products/export", 200).content == exported
    assert rich.get("/products")["pagination"]["total"] == totals


def test_acceptance_6_nothing_is_unlinked_by_a_delete(rich, database):
    """Category, family, group, parent and further categories are still set on a trashed row."""
    before = row(database, rich.parent)
    rich.delete(rich.parent)
    after = row(database, rich.parent)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"isDeleted", "deletedAt", "deletionId"}
    for variant in rich.variants:
        assert row(database, variant)["parentProductId"] == rich.parent


def test_a_deletion_is_one_recorded_act(rich, database):
    rich.delete(rich.parent, softDeleteVariants="true")
    [deletion] = rich.deletions()
    assert (deletion["kind"], deletion["rootId"], deletion["itemCount"]) == ("product", rich.parent, 4)
    assert (deletion["actorId"], deletion["state"], deletion["purgeAfter"]) == (rich.id, "done", None)
    rows = [row(database, n) for n in (rich.parent, *rich.variants)]
    assert {r["deletionId"] for r in rows} == {deletion["id"]}
    assert len({r["deletedAt"] for r in rows}) == 1
    clock, = database.execute("SELECT now() at time zone 'UTC'").fetchone()
    assert abs((clock - rows[0]["deletedAt"]).total_seconds()) < 60


def test_the_deletions_id_and_due_time_are_told(rich):
    deleted = rich.delete(rich.parent)
    [deletion] = rich.deletions()
    assert deleted["deletionId"] == deletion["id"]
    assert rich.trash()["data"][0]["deletionId"] == deletion["id"]


# --- variants -------------------------------------------------------------------------------------------------------

def test_acceptance_4_a_restore_brings_back_just_what_its_delete_took(rich, database):
    """The variant that was deleted last week stays where it is; the others come back with their parent."""
    last_week, *others = rich.variants
    rich.delete(last_week)
    database.execute('UPDATE "Product" SET "deletedAt" = "deletedAt" - interval \'7 days\' WHERE id = %s', (last_week,))
    rich.delete(rich.parent, softDeleteVariants="true")
    assert rich.deletions()[-1]["itemCount"] == 3
    rich.restore(rich.parent)
    assert row(database, last_week)["isDeleted"]
    assert [row(database, n)["isDeleted"] for n in (rich.parent, *others)] == [False] * 3
    assert [v["id"] for v in rich.get(f"/products/{rich.parent}")["variants"]] == others
    assert rich.ids("/products/deleted") == [last_week]
    rich.restore(last_week)
    assert rich.get(f"/products/{rich.parent}")["totalVariants"] == 3


def test_without_the_parameter_variants_stay_and_stand_alone_until_the_parent_is_back(rich, database):
    products = [rich.parent, *rich.variants]
    before = fingerprint(database, *products)
    assert rich.ids() == [rich.parent]
    rich.delete(rich.parent)
    assert sorted(rich.ids()) == sorted(rich.variants)
    assert rich.get("/products")["pagination"]["total"] == 3
    for variant in rich.variants:
        shown = rich.get(f"/products/{variant}")
        assert shown["parentProductId"] is None and "parentProduct" not in shown
    assert rich.ids("/products/deleted") == [rich.parent]
    rich.restore(rich.parent)
    assert rich.ids() == [rich.parent]
    assert rich.get(f"/products/{rich.variants[0]}")["parentProductId"] == rich.parent
    assert fingerprint(database, *products) == before


def test_restore_without_the_variants_leaves_them_in_the_trash(rich, database):
    rich.delete(rich.parent, softDeleteVariants="true")
    rich.restore(rich.parent, restoreVariants="false")
    assert rich.get(f"/products/{rich.parent}")["totalVariants"] == 0
    assert sorted(rich.ids("/products/deleted")) == sorted(rich.variants)
    rich.restore(rich.variants[0])
    assert [v["id"] for v in rich.get(f"/products/{rich.parent}")["variants"]] == rich.variants[:1]


def test_a_variant_restored_before_its_parent_stands_alone_until_then(rich, database):
    rich.delete(rich.parent, softDeleteVariants="true")
    first = rich.variants[0]
    restored = rich.restore(first)
    assert restored["product"]["parentProductId"] is None
    assert rich.ids() == [first]
    rich.restore(rich.parent)
    assert rich.ids() == [rich.parent]
    assert rich.get(f"/products/{rich.parent}")["totalVariants"] == 3


def test_variants_of_what_another_program_trashed_stand_alone_too(rich, database):
    """Such a parent has no deletion that could be named."""
    database.execute('UPDATE "Product" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s', (rich.parent,))
    assert sorted(rich.ids()) == rich.variants
    rich.delete(rich.variants[0])
    rich.restore(rich.variants[0])
    assert sorted(rich.ids()) == rich.variants and rich.get("/products")["pagination"]["total"] == 3
    rich.restore(rich.parent)
    assert rich.ids() == [rich.parent] and rich.get(f"/products/{rich.parent}")["totalVariants"] == 3


def test_a_wrong_choice_about_variants_is_named(rich):
    answer = rich.request("DELETE", f"/products/{rich.parent}", 400, params={"softDeleteVariants": "perhaps"})
    assert "softDeleteVariants" in str(answer.json()["message"])
    rich.delete(rich.parent)
    answer = rich.request("POST", f"/products/{rich.parent}/restore", 400, params={"restoreVariants": "perhaps"})
    assert "restoreVariants" in str(answer.json()["message"])


# --- acts out of turn -------------------------------------------------------------------------------------------------

def test_acceptance_14_a_second_delete_is_no_harder_than_the_first(tenant, database):
    made = tenant.create()["id"]
    tenant.delete(made)
    before = fingerprint(database, made)
    answer = tenant.request("DELETE", f"/products/{made}", 404)
    assert answer.json()["message"] == f"Product with ID {made} not found or already deleted"
    bulk = {"ids": [made]}
    assert tenant.request("POST", "/products/bulk-delete", 200, json=bulk).json()["deletedCount"] == 0
    living = tenant.create()["id"]
    assert tenant.request("POST", "/products/bulk-delete", 200, json={"ids": [made, living]}).json()["ids"] == [living]
    assert fingerprint(database, made) == before
    assert len(tenant.deletions()) == 2
    tenant.restore(living)
    assert tenant.request("POST", "/products/bulk-permanent", 200, json={"ids": [living]}).json()["purged"] == 0
    assert tenant.ids() == [living]
    tenant.restore(made)
    answer = tenant.request("POST", f"/products/{made}/restore", 404)
    assert answer.json()["message"] == f"Soft-deleted product with ID {made} not found"


def test_permanent_on_an_active_product_destroys_nothing(rich, database):
    """D-03: it was all that it destroyed."""
    products = [rich.parent, *rich.variants]
    before = fingerprint(database, *products)
    answer = rich.request("DELETE", f"/products/{rich.parent}/permanent", 409)
    assert answer.json()["error"] == "Conflict"
    assert fingerprint(database, *products) == before
    assert acts(rich, rich.parent) == []


def test_permanent_takes_the_trashed_variants_of_its_deletion_and_frees_the_active_ones(rich, database):
    """Trap 21: a cascade would have destroyed the active ones."""
    earlier, *others = rich.variants
    rich.delete(earlier)
    rich.delete(rich.parent, softDeleteVariants="true")
    back = others[0]
    rich.restore(back)
    rich.purge(rich.parent)
    assert row(database, rich.parent) is None and row(database, others[1]) is None
    assert row(database, back)["parentProductId"] is None and row(database, back)["detachedBy"] is None
    assert row(database, earlier)["isDeleted"] and row(database, earlier)["parentProductId"] is None
    assert rich.ids() == [back] and rich.get("/products")["pagination"]["total"] == 1
    assert rich.get(f"/products/{back}")["attributes"] != []
    assert rich.restore(earlier)["product"]["parentProductId"] is None
    for table, column in referring_columns(database):
        left = database.execute(f"SELECT count(*) FROM {table} WHERE {column} = ANY (%s)", ([rich.parent, others[1]],))
        assert left.fetchone() == (0,), table


def test_permanent_of_a_parent_alone_leaves_its_active_variants_standing(rich, database):
    rich.delete(rich.parent)
    rich.purge(rich.parent)
    assert row(database, rich.parent) is None
    for variant in rich.variants:
        kept = row(database, variant)
        assert (kept["parentProductId"], kept["detachedBy"], kept["isDeleted"]) == (None, None, False)
    assert sorted(rich.ids()) == sorted(rich.variants)
    assert rich.get("/products")["pagination"]["total"] == 3


def test_acceptance_9_the_trash_can_not_be_written_to(rich, database):
    rich.delete(rich.parent)
    before = fingerprint(database, rich.parent)
    rich.request("PATCH", f"/products/{rich.parent}", 404, json={"name": "Changed"})
    rich.request("POST", "/products", 400, json={"name": "New", "sku": "NEW-1", "parentSku": "RICH-0001"})
    loner = rich.create()
    assert rich.request("PATCH", f"/products/{loner['id']}", json={"parentProductId": rich.parent}).status_code in (400, 404)
    assert fingerprint(database, rich.parent) == before
    assert rich.get(f"/products/{loner['id']}") == loner


@pytest.fixture
def in_the_trash(rich, database):
    """Of each kind one that lives and one that is in the trash, and a request for each route that writes to one or names one."""
    def two(make):
        return [make(f"{which} of them") for which in ("Living", "Trashed")]

    attributes, families, categories = two(rich.attribute), two(rich.family), two(rich.category)
    groups, assets = two(rich.attribute_group), two(rich.asset)
    folders = two(lambda name: rich.request("POST", "/asset-groups", 201, json={"groupName": name}).json()["id"])
    products = [rich.create()["id"] for _ in range(2)]
    for trashed, path in ((products, "products"), (attributes, "attributes"), (families, "families"), (categories, "categories"),
                          (groups, "attribute-groups"), (assets, "assets"), (folders, "asset-groups")):
        rich.request("DELETE", f"/{path}/{trashed[1]}", 200)
    numbers = iter(range(1000))

    def requests(of: int):
        """To the living (0) or to what is in the trash (1): method, path, body."""
        p, a, f, c, g, x, d = (each[of] for each in (products, attributes, families, categories, groups, assets, folders))
        other = rich.create()["id"]
        new = lambda **more: {"name": f"New {next(numbers)}", "sku": f"NEW-{next(numbers):04d}"} | more  # noqa: E731
        value = {"attributeId": a, "value": "9"}
        yield from [
            ("PATCH", f"/products/{p}", {"productLink": f"https://a.example/{next(numbers)}"}),
            ("PATCH", f"/products/{p}", {"assets": [assets[0]]}), ("PATCH", f"/products/{p}", {"categoryId": categories[0]}),
            ("PATCH", f"/products/{p}/attributes", {"attributes": [{"attributeId": attributes[0], "value": "price 10"}]}),
            ("POST", f"/products/{p}/variants", new()), ("POST", f"/products/{p}/variants/attach", {"ids": [other]}),
            ("DELETE", f"/products/{p}/variants/{other}", None),
            ("PATCH", f"/products/{other}", {"parentProductId": p}), ("DELETE", f"/products/{p}/variants/{other}", None),
            ("POST", "/products/bulk/attach-to-family", {"familyId": families[0], "productIds": [p]}),
            # What names one of another kind:
            ("POST", "/products", new(categoryId=c)), ("POST", "/products", new(familyId=f)), ("POST", "/products", new(attributeGroupId=g)),
            ("POST", "/products", new(assets=[x])), ("POST", "/products", new(attributesWithValues=[value])),
            ("PATCH", f"/products/{other}", {"categoryId": c}), ("PATCH", f"/products/{other}", {"familyId": f}),
            ("PATCH", f"/products/{other}", {"attributeGroupId": g}), ("PATCH", f"/products/{other}", {"assets": [x]}),
            ("PATCH", f"/products/{other}", {"attributesWithValues": [value]}), ("PATCH", f"/products/{other}/attributes", {"attributes": [value]}),
            ("POST", "/products/bulk/attach-to-family", {"familyId": f, "productIds": [other]}),
            # The other kinds themselves:
            ("PATCH", f"/attributes/{a}", {"name": f"Renamed {next(numbers)}"}), ("PATCH", f"/categories/{c}", {"name": f"Renamed {next(numbers)}"}),
            ("PATCH", f"/families/{f}", {"name": f"Renamed {next(numbers)}"}), ("PATCH", f"/attribute-groups/{g}", {"name": f"Renamed {next(numbers)}"}),
            ("PATCH", f"/assets/{x}", {"name": f"Renamed {next(numbers)}"}), ("PATCH", f"/asset-groups/{d}", {"groupName": f"Renamed {next(numbers)}"}),
            ("POST", "/categories", {"name": f"Below {next(numbers)}", "parentCategoryId": c}),
            ("PATCH", f"/categories/{rich.category(f'Moved {next(numbers)}')}", {"parentCategoryId": c}),
            ("POST", f"/families/{f}/attributes/{attributes[0]}", None), ("POST", f"/families/{families[0]}/attributes/{a}", None),
            ("DELETE", f"/families/{f}/attributes/{attributes[0]}", None),
            ("POST", f"/attribute-groups/{g}/attributes/{attributes[0]}", {}), ("POST", f"/attribute-groups/{groups[0]}/attributes/{a}", {}),
            ("DELETE", f"/attribute-groups/{g}/attributes/{attributes[0]}", None),
            ("POST", "/asset-groups", {"groupName": f"Below {next(numbers)}", "parentGroupId": d}),
            ("POST", f"/asset-groups/{d}/attach-assets", {"assetIds": [assets[0]]}), ("POST", f"/asset-groups/{folders[0]}/attach-assets", {"assetIds": [x]}),
            ("PATCH", f"/assets/{assets[0]}", {"assetGroupId": d})]

    rich.requests = requests
    return rich


def test_acceptance_9_no_route_writes_to_what_is_in_the_trash_or_links_it(in_the_trash, database):
    """Each is tried on the trash, and then on the living: so it is the trash that it is refused for."""
    from rows import fingerprint as catalogue
    tenant = in_the_trash
    for method, path, body in tenant.requests(1):
        before, events = catalogue(database, tenant.id), len(tenant.events())
        answer = tenant.request(method, path, json=body)
        assert answer.status_code in (400, 404, 409) or answer.json().get("attached") == 0, f"{method} {path} {body}: {answer.status_code} {answer.text}"
        assert catalogue(database, tenant.id) == before and len(tenant.events()) == events, f"{method} {path} {body} changed something"
    for method, path, body in tenant.requests(0):
        answer = tenant.request(method, path, json=body)
        assert answer.is_success or answer.status_code == 409, f"{method} {path} {body}: {answer.status_code} {answer.text}"


# --- SKU and name among the living --------------------------------------------------------------------------------------

def test_acceptance_1_a_trashed_sku_and_name_are_free_for_reuse(tenant, database):
    """D-11: the trash held SKUs and names for ever."""
    first = tenant.create(name="Boot", sku="BOOT-1")["id"]
    tenant.delete(first)
    before = fingerprint(database, first)
    second = tenant.create(name="Boot", sku="BOOT-1")["id"]
    assert second != first
    assert fingerprint(database, first) == before
    assert database.execute('''SELECT count(*) FROM "Product" WHERE "userId" = %s AND sku = 'BOOT-1' AND NOT "isDeleted"''',
                            (tenant.id,)).fetchone() == (1,)
    tenant.delete(second)
    assert tenant.ids("/products/deleted") == [second, first]
    for mode in ("create", "upsert", "replace"):
        file = ("a.csv", b"sku,name\nBOOT-1,Boot\n")
        assert tenant.request("POST", "/products/import", 200, files={"file": file}, data={"mode": mode}).json()["created"] == 1
        [living] = tenant.ids()
        assert living not in (first, second) and fingerprint(database, first) == before
        tenant.delete(living)


@pytest.mark.parametrize("holder,message", [
    ({"name": "Another", "sku": "BOOT-1"}, 'Cannot restore: A product with SKU "BOOT-1" already exists'),
    ({"name": "Boot", "sku": "OTHER-1"}, 'Cannot restore: A product with name "Boot" already exists')])
def test_acceptance_2_a_restore_against_a_taken_key_names_the_holder(tenant, database, holder, message):
    first = tenant.create(name="Boot", sku="BOOT-1")["id"]
    tenant.delete(first)
    blocker = tenant.create(**holder)
    before = fingerprint(database, first, blocker["id"])
    events = len(tenant.events())
    answer = tenant.request("POST", f"/products/{first}/restore", 409)
    body = answer.json()
    assert body["message"] == message
    assert body["conflict"]["product"] == {key: blocker[key] for key in ("id", "name", "sku")}
    assert body["code"] == f"product.{body['conflict']['field']}_taken" and body["choices"] == ["rename", "replace", "skip"]
    assert fingerprint(database, first, blocker["id"]) == before
    refusals = tenant.events()[events:]
    assert len(refusals) == 1, "the refusal is on record"
    assert refusals[0]["action"].startswith("product.restore") and refusals[0]["action"] != "product.restore"
    tenant.delete(blocker["id"])
    assert tenant.restore(first)["product"]["sku"] == "BOOT-1"


def test_a_restore_of_many_is_refused_whole_when_one_variant_is_blocked(rich, database):
    rich.delete(rich.parent, softDeleteVariants="true")
    blocker = rich.create(sku="RICH-0001-1")
    before = fingerprint(database, rich.parent, *rich.variants)
    body = rich.request("POST", f"/products/{rich.parent}/restore", 409).json()
    assert body["conflict"]["product"]["id"] == blocker["id"]
    assert fingerprint(database, rich.parent, *rich.variants) == before, "it stopped half-way"
    rich.restore(rich.parent, restoreVariants="false")


def test_acceptance_2_of_racing_restores_and_a_create_one_wins(service, tenant, database):
    """200 times; each time two come from the trash, and one is made."""
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 60})
    with ThreadPoolExecutor(3) as pool, service.client(tenant.token) as a, service.client(tenant.token) as b, \
            service.client(tenant.token) as c:
        for n in range(200):
            sku = f"RACE-{n:03d}"
            one = tenant.create(sku=sku)["id"]
            tenant.delete(one)
            two = tenant.create(sku=sku)["id"]
            tenant.delete(two)
            start = threading.Barrier(3)

            def go(act):
                start.wait()
                return act().status_code

            statuses = list(pool.map(go, (
                lambda: a.post(f"/products/{one}/restore"), lambda: b.post(f"/products/{two}/restore"),
                lambda: c.post("/products", json={"name": f"Racer {n}", "sku": sku}))))
            assert sorted(statuses) in ([200, 409, 409], [201, 409, 409]), statuses
            living = database.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s AND sku = %s AND NOT "isDeleted"',
                                      (tenant.id, sku)).fetchone()[0]
            assert living == 1


def test_racing_deletes_are_one_act(service, tenant):
    def delete(number):
        with service.client(tenant.token) as client:
            return client.delete(f"/products/{number}").status_code

    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            made = tenant.create()["id"]
            assert sorted(pool.map(delete, [made] * 6)) == [200] + [404] * 5
            assert acts(tenant, made) == ["product.delete"]
    assert len(tenant.deletions()) == 5


def test_acceptance_7_fifty_times_there_and_back(tenant, database):
    made = tenant.create(name="Boot", sku="BOOT-1")["id"]
    before = fingerprint(database, made)
    for _ in range(50):
        tenant.delete(made)
        tenant.restore(made)
    assert fingerprint(database, made) == before
    assert acts(tenant, made) == ["product.delete", "product.restore"] * 50
    history = [event["action"] for event in tenant.get(f"/products/{made}/history", limit=100)["data"]]
    assert history == ["product.restore", "product.delete"] * 50
    assert tenant.get("/products")["pagination"]["total"] == 1 and tenant.trash()["pagination"]["total"] == 0


def test_acceptance_8_an_upsert_does_not_raise_the_dead(tenant, database):
    first = tenant.create(name="Boot", sku="BOOT-1", imageUrl="/old.png")["id"]
    tenant.delete(first)
    before = fingerprint(database, first)
    again = tenant.create(name="Boot", sku="BOOT-1", updateExisting=True)
    assert again["id"] != first and again["imageUrl"] is None
    assert fingerprint(database, first) == before


# --- what was deleted meanwhile, and by others -----------------------------------------------------------------------------

def test_a_restore_finds_its_category_and_family_gone(rich, database):
    """Trap 20: they were destroyed, or are in the trash, by now."""
    rich.delete(rich.parent)
    database.execute('DELETE FROM "Category" WHERE id = %s', (rich.category_id,))
    database.execute('UPDATE "Family" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s', (rich.family_id,))
    restored = rich.restore(rich.parent)["product"]
    assert restored["categoryId"] is None and "category" not in restored
    assert "family" not in restored, "the family is in the trash"
    assert rich.get(f"/products/{rich.parent}")["sku"] == "RICH-0001"
    # What was said about the family comes back with it.
    database.execute('UPDATE "Family" SET "isDeleted" = false, "deletedAt" = NULL WHERE id = %s', (rich.family_id,))
    assert rich.get(f"/products/{rich.parent}")["family"]["id"] == rich.family_id


def test_what_the_replaced_service_trashed_is_listed_restored_and_purged(tenant, database):
    """It writes no deletion, only the two columns."""
    one, two = tenant.create()["id"], tenant.create()["id"]
    database.execute('UPDATE "Product" SET "isDeleted" = true, "deletedAt" = now() WHERE id = ANY (%s)', ([one, two],))
    assert tenant.get("/products")["pagination"]["total"] == 0
    assert sorted(tenant.ids("/products/deleted")) == [one, two]
    tenant.restore(one)
    tenant.purge(two)
    assert tenant.ids() == [one] and row(database, two) is None


# --- who may -------------------------------------------------------------------------------------------------------

def rich_certificate(tenant) -> int:
    gone = tenant.create()["id"]
    tenant.delete(gone)
    return tenant.request("DELETE", f"/products/{gone}/permanent", 200).json()["certificateId"]


def test_acceptance_11_the_bytes_of_another_tenants_trash_say_nothing_and_stay(tenant, other_tenant):
    """Who has the very same file is answered as everybody is, and takes nothing away with his own."""
    content = PNG + uuid.uuid4().bytes

    mine = tenant.request("POST", "/assets/upload", 201, files={"file": ("mine.png", content, "image/png")}, data={"name": "mine"}).json()
    path = mine["filePath"]
    tenant.request("DELETE", f"/assets/{mine['id']}", 200)
    theirs = other_tenant.request("POST", "/assets/upload", 201, files={"file": ("mine.png", content, "image/png")}, data={"name": "mine"}).json()
    assert theirs.keys() == mine.keys() and theirs["id"] != mine["id"] and theirs["filePath"] != path
    other_tenant.request("GET", path, 404)
    for method, rest in (("GET", ""), ("POST", "/restore"), ("DELETE", "/permanent"), ("GET", "/restore-preview"), ("GET", "/download")):
        other_tenant.request(method, f"/assets/{mine['id']}{rest}", 404)
    other_tenant.request("DELETE", f"/assets/{theirs['id']}", 200)
    other_tenant.request("DELETE", f"/assets/{theirs['id']}/permanent", 200)
    tenant.request("POST", f"/assets/{mine['id']}/restore", 201)
    assert tenant.request("GET", path, 200).content == content


@pytest.mark.alone
def test_acceptance_11_what_another_tenant_has_takes_no_longer_to_be_refused_than_what_nobody_has(tenant, other_tenant):
    made = tenant.create()["id"]
    act = tenant.delete(made)["deletionId"]
    for method, path, there in (("POST", "/products/{}/restore", made), ("DELETE", "/products/{}/permanent", made),
                                ("GET", "/products/{}/restore-preview", made), ("POST", "/trash/deletions/{}/restore", act)):
        took = {there: [], 999_999_999: []}
        for number in [there, 999_999_999] * 100:
            began = time.perf_counter()
            other_tenant.request(method, path.format(number), 404)
            took[number].append(time.perf_counter() - began)
        foreign, nobodys = (statistics.quantiles(times, n=10)[0] for times in took.values())  # others use the machine too
        assert 0.5 < foreign / nobodys < 2, f"{method} {path}"


def test_acceptance_11_another_tenants_trash_does_not_exist(tenant, other_tenant, database):
    made = tenant.create(sku="MINE-1")["id"]
    tenant.delete(made)
    before = fingerprint(database, made)
    nothing = other_tenant.request("POST", "/products/999999999/restore").json()
    for method, path in (("POST", "/restore"), ("DELETE", "/permanent"), ("DELETE", ""), ("GET", ""), ("PATCH", "")):
        answer = other_tenant.request(method, f"/products/{made}{path}", 404, json={} if method == "PATCH" else None)
        assert answer.json().keys() == nothing.keys()
    assert other_tenant.trash()["data"] == [] and other_tenant.trash()["pagination"]["total"] == 0
    assert fingerprint(database, made) == before
    assert other_tenant.events() == [] or all(e["entityId"] != made for e in other_tenant.events())
    # Nor by what was done to it, nor by what it has in it.
    act = database.execute('SELECT max("deletionId") FROM "Product" WHERE id = %s', (made,)).fetchone()[0]
    for method, path in (("GET", ""), ("GET", "/restore-preview"), ("POST", "/restore"), ("DELETE", "/permanent"), ("PATCH", "")):
        other_tenant.request(method, f"/trash/deletions/{act}{path}", 404, json={"keepDays": 1} if method == "PATCH" else None)
    filters = {"filters": {"deletionId": act}}
    assert other_tenant.request("POST", "/products/bulk-restore", 200, json=filters).json()["restored"] == 0
    assert other_tenant.request("POST", "/products/bulk-permanent", 200, json=filters).json()["purged"] == 0
    assert other_tenant.get("/trash", deletionId=act)["data"] == other_tenant.get("/trash/deletions")["data"] == []
    other_tenant.request("POST", "/trash/holds", 404, json={"kind": "product", "itemId": made, "reason": "theirs"})
    other_tenant.request("GET", f"/products/{made}/history", 404)
    certificate = rich_certificate(tenant)
    other_tenant.request("GET", f"/trash/certificates/{certificate}/items", 404)
    assert other_tenant.get("/trash/certificates")["data"] == [] and fingerprint(database, made) == before
    # A conflict with another tenant's row is no conflict, and gives nothing away.
    other_tenant.create(sku="MINE-1")
    tenant.restore(made)


# --- nothing of the trash shows ----------------------------------------------------------------------------------------

def test_acceptance_10_nothing_in_the_trash_shows(rich):
    color, group = rich.attributes[6], rich.attribute_group("Canaries")
    marked = {"categoryId": rich.category_id, "familyId": rich.family_id, "attributeGroupId": group,
              "attributesWithValues": [{"attributeId": color, "value": CANARY}]}
    single = rich.create(name=f"{CANARY} single", sku="CANARY-1", **marked)["id"]
    rich.create(name=f"{CANARY} variant", sku="CANARY-2", parentSku="RICH-0001", **marked)
    parent = rich.create(name=f"{CANARY} parent", sku="CANARY-3", imageUrl=f"/{CANARY}.png")["id"]
    orphan = rich.create(name="Left alone", sku="ORPHAN-1", parentSku="CANARY-3")["id"]
    variant = rich.get("/products/sku/CANARY-2")["id"]

    paths = ["/products", "/products?limit=100", f"/products?search={CANARY.lower()}", "/products?search=CANARY-", "/products?search=ca",
             "/products?status=incomplete", f"/products?attributeIds={color}", f"/products?categoryId={rich.category_id}",
             f"/products?familyId={rich.family_id}", f"/products?attributeGroupId={group}", "/products?sortBy=name",
             f"/products/category/{rich.category_id}", f"/products/family/{rich.family_id}",
             f"/products/attribute-group/{group}", f"/products/attribute/{color}", f"/products/{rich.parent}",
             f"/products/{orphan}", "/products/sku/ORPHAN-1", "/products/sku/RICH-0001"]
    seen = {path: rich.request("GET", path, 200) for path in paths}
    showing = [path for path, answer in seen.items() if CANARY in answer.text]
    assert len(showing) >= 15, "the canary must be visible while it lives, or this test proves nothing"
    totals = {path: answer.json().get("pagination", {}).get("total") for path, answer in seen.items()}

    for number in (single, variant, parent):
        rich.delete(number)
    for path in paths:
        answer = rich.request("GET", path, 200)
        assert CANARY not in answer.text, path
        body = answer.json()
        if "data" in body and path != "/products?sortBy=name":
            assert body["pagination"]["total"] <= totals[path], path
            if body["pagination"]["totalPages"] <= 1:
                assert body["pagination"]["total"] == len(body["data"]), path
    assert rich.get(f"/products/{rich.parent}")["totalVariants"] == 3
    for number, sku in ((single, "CANARY-1"), (variant, "CANARY-2"), (parent, "CANARY-3")):
        assert CANARY not in rich.request("GET", f"/products/{number}", 404).text
        rich.request("GET", f"/products/sku/{sku}", 404)
    assert CANARY in rich.request("GET", "/products/deleted", 200).text


# --- the record of what was done -----------------------------------------------------------------------------------------

def test_acceptance_13_every_act_that_answers_2xx_has_one_event_and_no_other_act_has(rich, database):
    before = len(rich.events())
    answered = 0
    for method, path in (("DELETE", ""), ("DELETE", ""), ("POST", "/restore"), ("POST", "/restore"), ("DELETE", "/permanent"),
                         ("DELETE", "?softDeleteVariants=true"), ("DELETE", "/permanent"), ("POST", "/restore"),
                         ("DELETE", "/permanent")):
        answered += rich.request(method, f"/products/{rich.parent}{path}").is_success
    events = [event for event in rich.events()[before:]
              if event["action"] in ("product.delete", "product.restore", "product.purge")]
    assert answered == len(events) == 4
    assert [event["action"] for event in events] == ["product.delete", "product.restore", "product.delete", "product.purge"]
    for event in events:
        assert (event["userId"], event["actorId"], event["entity"], event["entityId"]) == (rich.id, rich.id, "product", rich.parent)
        assert event["requestId"]
    assert events[0]["deletionId"] == events[1]["deletionId"] == rich.deletions()[0]["id"]


@pytest.mark.parametrize("how", ["keeps the row", "refuses"])
@pytest.mark.parametrize("resource, table", [("products", "Product"), ("categories", "Category"), ("families", "Family"), ("attributes", "Attribute"),
                                             ("attribute-groups", "AttributeGroup"), ("assets", "Asset"), ("asset-groups", "AssetGroup")])
def test_acceptance_13_an_act_that_the_database_keeps_from_happening_is_none(tenant, database, resource, table, how):
    """A trigger of an operator's: nothing is said to be deleted, restored or purged that is not, and nothing is written down of it."""
    from rows import fingerprint as catalogue
    column = "groupName" if resource == "asset-groups" else "name"
    more = {"products": (', sku', ", 'KEPT-1'"), "attributes": (", type", ", 'STRING'"),
            "assets": (', "fileName", "filePath", "mimeType", size', ", 'k.png', '/uploads/k.png', 'image/png', 1")}.get(resource, ("", ""))
    number = database.execute(f'''INSERT INTO "{table}"("{column}", "userId", "updatedAt"{more[0]}) VALUES ('Kept', %s, now(){more[1]}) RETURNING id''',
                              (tenant.id,)).fetchone()[0]
    kept = "RETURN NULL" if how == "keeps the row" else "RAISE EXCEPTION 'no'"

    def blocked(event: str, acts: list):
        before = catalogue(database, tenant.id), tenant.events(), tenant.deletions(), tenant.get("/trash/certificates")["data"]
        database.execute(f'''CREATE FUNCTION keeps_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {kept}; END $$;
                             CREATE TRIGGER keeps_it BEFORE {event} ON "{table}" FOR EACH ROW WHEN (OLD."userId" = {tenant.id}) EXECUTE FUNCTION keeps_it()''')
        try:
            for method, path, body in acts:
                answer = tenant.request(method, f"/{resource}{path}", json=body)
                assert answer.status_code >= 400, f"{method} {path}: {answer.text}"
        finally:
            database.execute(f'DROP TRIGGER keeps_it ON "{table}"; DROP FUNCTION keeps_it()')
        assert (catalogue(database, tenant.id), tenant.events(), tenant.deletions(), tenant.get("/trash/certificates")["data"]) == before

    ids = {"ids": [number]}
    blocked("UPDATE", [("DELETE", f"/{number}", None), ("POST", "/bulk-delete", ids)])
    tenant.request("DELETE", f"/{resource}/{number}", 200)
    blocked("UPDATE", [("POST", f"/{number}/restore", None), ("POST", f"/{number}/restore?onConflict=rename", None), ("POST", "/bulk-restore", ids)])
    blocked("DELETE", [("DELETE", f"/{number}/permanent", None), ("POST", "/bulk-permanent", ids)])
    assert tenant.request("DELETE", f"/{resource}/{number}/permanent", 200).json()["purged"] == 1


def test_an_event_carries_the_request_that_caused_it(tenant):
    made = tenant.create()["id"]
    tenant.request("DELETE", f"/products/{made}", 200, headers={"X-Request-Id": "seen-in-the-audit-1"})
    assert tenant.events(made)[-1]["requestId"] == "seen-in-the-audit-1"
    assert tenant.deletions()[-1]["requestId"] == "seen-in-the-audit-1"


def test_staff_delete_for_their_owner_and_are_named(tenant, database):
    made = tenant.create()["id"]
    staff = new_staff(tenant, (("products", "delete"), ("products", "read")))
    staff.delete(made)
    assert staff.request("POST", f"/products/{made}/restore", 403).json()["message"] == \
        "Access denied: Missing permission 'update' on 'products'"
    event = tenant.events(made)[-1]
    assert (event["userId"], event["actorId"]) == (tenant.id, staff.id)
    assert tenant.ids("/products/deleted") == [made]
