"""Bulks: what they would do is said before, many rows want to have been looked at, and very many are done in the background, batch
by batch, also over the end of the program."""

import re

import pytest

from service import Service, wait_until
from tenants import log_in, new_tenant

RESOURCES = ["products", "assets", "asset-groups", "categories", "families", "attributes", "attribute-groups"]
KEYS = {"dryRun", "count", "rows", "variants", "values", "links", "files", "bytes", "skusFreed", "purgeAt"}


def fill(tenant, rows: int, name: str = "Bulk", variants_of: int | None = None):
    tenant.database.execute("""INSERT INTO "Product"(name, sku, "userId", "parentProductId", "updatedAt")
                               SELECT %(name)s || ' ' || n, upper(%(name)s) || '-' || n, %(tenant)s, %(parent)s, now() FROM generate_series(1, %(rows)s) n""",
                            {"name": name, "tenant": tenant.id, "rows": rows, "parent": variants_of})
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 60})


def state_of(database, tenant) -> str:
    """All that products are, whatever a trash has touched in the meantime."""
    return database.execute("""SELECT md5(string_agg(to_jsonb(p)::text, ',' ORDER BY id)) FROM "Product" p WHERE "userId" = %s""",
                            (tenant.id,)).fetchone()[0]


def previewed(tenant, path: str, body: dict, **params) -> dict:
    """The body with the token of its preview."""
    return body | {"previewToken": tenant.request("POST", path, 200, json=body, params=params | {"dryRun": "true"}).json()["previewToken"]}


def wait_until_done(tenant, path: str, member: str) -> dict:
    def found() -> dict | None:
        act = tenant.get(path)[member]
        return act if act["state"] == "done" else None

    return wait_until(found, 300, f"{path} to be done", 0.1)


# --- before and after ---------------------------------------------------------------------------------------------------

@pytest.fixture
def one_of_each(tenant):
    attribute = tenant.attribute("An attribute")
    parent = tenant.create(name="A product", sku="FREED-1", attributesWithValues=[{"attributeId": attribute, "value": "x"}])["id"]
    tenant.variant(parent, sku="FREED-2")
    asset = tenant.asset("An asset")
    tenant.link_asset(parent, asset)
    root = tenant.category("Root")
    tenant.category("Below", root)
    tenant.one = {"products": parent, "assets": asset, "categories": root, "families": tenant.family("A family"), "attributes": attribute,
                  "attribute-groups": tenant.attribute_group("A group"),
                  "asset-groups": tenant.request("POST", "/asset-groups", 201, json={"groupName": "A folder"}).json()["id"]}
    return tenant


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_delete_and_purge_says_what_it_would_do_and_does_nothing(one_of_each, database, resource):
    from rows import fingerprint
    tenant, number = one_of_each, one_of_each.one[resource]
    along = {"products": {"softDeleteVariants": "true"}, "categories": {"subtree": "true"}}.get(resource, {})
    before = fingerprint(database, tenant.id)
    dry = tenant.request("DELETE", f"/{resource}/{number}", 200, params=along | {"dryRun": "true"}).json()
    assert set(dry) == KEYS and dry["count"] == 1 and dry["rows"] == (2 if along else 1)
    if resource == "products":
        assert dry["skusFreed"] == ["FREED-1", "FREED-2"] and dry["variants"] == 1 and dry["links"] == 1
    if resource == "assets":
        assert (dry["files"], dry["bytes"], dry["links"]) == (1, 1234, 1)
    bulk = tenant.request("POST", f"/{resource}/bulk-delete", 200, json={"ids": [number]}, params={"dryRun": "true"} | along).json()
    assert bulk.pop("previewToken") is None and bulk.pop("purgeAt") and {k: v for k, v in dry.items() if k != "purgeAt"} == bulk
    assert tenant.request("POST", f"/{resource}/bulk-delete?dryRun=true", 200, json={"filters": {"search": "no such"}}).json()["rows"] == 0
    assert fingerprint(database, tenant.id) == before and tenant.deletions() == []
    tenant.request("DELETE", f"/{resource}/{number}/permanent", 409, params={"dryRun": "true"})

    assert tenant.request("DELETE", f"/{resource}/{number}", 200, params=along).json()["itemCount"] == dry["rows"]
    trashed = fingerprint(database, tenant.id)
    purge = tenant.request("DELETE", f"/{resource}/{number}/permanent", 200, params={"dryRun": "true"}).json()
    assert purge["dryRun"] is True and purge["rows"] == dry["rows"] and purge["held"] == []
    assert [purge[key] for key in ("values", "links", "files", "bytes")] == [dry[key] for key in ("values", "links", "files", "bytes")]
    many = tenant.request("POST", f"/{resource}/bulk-permanent", 200, json={"ids": [number]}, params={"dryRun": "true"}).json()
    assert many["rows"] == purge["rows"]
    assert fingerprint(database, tenant.id) == trashed
    tenant.request("DELETE", f"/{resource}/999999999/permanent", 404, params={"dryRun": "true"})
    gone = tenant.request("DELETE", f"/{resource}/{number}/permanent", 200).json()
    assert gone["purged"] == purge["rows"] and gone["certificateId"] > 0, "a purge leaves a certificate, of whatever kind"


TABLES = dict(zip(RESOURCES, ["Product", "Asset", "AssetGroup", "Category", "Family", "Attribute", "AttributeGroup"]))


def fill_with(tenant, resource: str, rows: int, name: str = "Many"):
    """So many things of a kind, as an import would have made them."""
    more = {"products": (", sku", ", upper(%(name)s) || '-' || n"), "attributes": (", type", ", 'STRING'"),
            "assets": (', "fileName", "filePath", "mimeType", size', ", n || '.jpg', '/uploads/' || n || '.jpg', 'image/jpeg', 1")}
    columns, values = more.get(resource, ("", ""))
    column = '"groupName"' if resource == "asset-groups" else "name"
    tenant.database.execute(f"""INSERT INTO "{TABLES[resource]}"({column}, "userId", "updatedAt"{columns})
                                SELECT %(name)s || ' ' || n, %(tenant)s, now(){values} FROM generate_series(1, %(rows)s) n""",
                            {"name": name, "tenant": tenant.id, "rows": rows})
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 60})


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_bulk_of_many_wants_its_preview(tenant, resource):
    fill_with(tenant, resource, 1001)
    path, body = f"/{resource}/bulk-delete", {"filters": {"search": "Many"}}
    refused = tenant.request("POST", path, 428, json=body).json()
    assert refused["code"] == "trash.preview_required" and refused["count"] == 1001 and tenant.deletions() == []
    wanted = previewed(tenant, path, body)
    tenant.request("POST", path, 428, json={"all": True, "previewToken": wanted["previewToken"]})
    tenant.request("POST", path, 428, json=body | {"previewToken": "1-00"})
    tenant.request("POST", path, 400, json=body | {"previewToken": 7})
    if resource == "products":
        tenant.request("POST", f"{path}?softDeleteVariants=true", 428, json=wanted)
        tenant.create(name="Many more")
        tenant.request("POST", path, 428, json=wanted)  # they are others than those that were looked at
        wanted = previewed(tenant, path, body)
    assert tenant.deletions() == []
    assert tenant.request("POST", path, 200, json=wanted).json()["deletedCount"] in (1001, 1002)
    assert len(tenant.deletions()) == 1


@pytest.mark.parametrize("resource", [resource for resource in RESOURCES if resource != "products"])
def test_a_bulk_chooses_and_is_one_act_that_comes_back_exactly(tenant, other_tenant, database, resource):
    from rows import fingerprint
    for each in (tenant, other_tenant):
        fill_with(each, resource, 3)
        fill_with(each, resource, 1, "Other")
    path, before = f"/{resource}/bulk-delete", fingerprint(database, tenant.id)
    for nothing in ({}, {"filters": {}}, {"filters": {"search": ""}}, {"filters": {"nonsense": 1}}, {"ids": []}, {"ids": ["x"]}, {"filters": {"search": 1}}):
        tenant.request("POST", path, 400, json=nothing)
    column = '"groupName"' if resource == "asset-groups" else "name"
    of = lambda who: [row[0] for row in database.execute(f'SELECT id FROM "{TABLES[resource]}" WHERE "userId" = %s ORDER BY {column}', (who.id,))]  # noqa: E731
    mine, theirs = of(tenant), of(other_tenant)
    many = tenant.request("POST", path, 200, json={"filters": {"search": "many"}}).json()
    assert (many["deletedCount"], many["ids"]) == (3, sorted(mine[:3])) and many["deletionId"] and many["message"].startswith("Deleted 3 ")
    one = tenant.request("POST", path, 200, json={"ids": [mine[0], mine[3], theirs[0], 999_999_999]}).json()
    assert (one["deletedCount"], one["ids"]) == (1, [mine[3]])
    assert tenant.request("POST", path, 200, json={"all": True}).json()["deletionId"] is None
    kind = tenant.deletions()[0]["kind"]
    assert [d["itemCount"] for d in tenant.deletions()] == [3, 1]
    assert [e["action"] for e in tenant.events()].count(f"{kind}.delete_in_bulk") == 4
    tenant.request("POST", f"/trash/deletions/{many['deletionId']}/restore", 200)
    assert tenant.request("POST", f"/{resource}/bulk-restore", 200, json={"all": True}).json()["restored"] == 1
    assert fingerprint(database, tenant.id) == before


@pytest.mark.parametrize("resource", RESOURCES)
def test_acceptance_15_a_bulk_delete_of_500_is_one_act_with_an_event_for_each(tenant, database, resource):
    fill_with(tenant, resource, 500)
    numbers = [row[0] for row in database.execute(f'SELECT id FROM "{TABLES[resource]}" WHERE "userId" = %s ORDER BY id', (tenant.id,))]
    answer = tenant.request("POST", f"/{resource}/bulk-delete", 200, json={"ids": [*numbers, 999_999_999]}).json()
    assert answer["deletedCount"] == 500 and sorted(answer["ids"]) == numbers, "each that was deleted is told, and none that was not"
    [act] = tenant.deletions()
    assert (act["id"], act["itemCount"], act["state"]) == (answer["deletionId"], 500, "done")
    kind, events = act["kind"], [e for e in tenant.events() if e["deletionId"] == act["id"]]
    assert [e["entityId"] for e in events if e["action"] == f"{kind}.bulk_delete"] == [None]
    assert sorted(e["entityId"] for e in events if e["action"] == f"{kind}.delete_in_bulk") == numbers and len(events) == 501
    assert tenant.get("/trash")["pagination"]["total"] == tenant.get("/trash", deletionId=act["id"])["pagination"]["total"] == 500
    back = tenant.request("POST", f"/{resource}/bulk-restore", 200, json={"ids": numbers[:3]}).json()
    assert [item["id"] for item in back["items"]] == numbers[:3]
    assert tenant.get(f"/trash/deletions/{act['id']}")["deletion"]["left"] == 497


def test_acceptance_5_assets_and_their_folders_come_back_exactly_with_every_link_and_byte(tenant, database):
    """A hash over all rows and links, and what purges would certify: the same before a delete and after its restore, by each way."""
    from rows import fingerprint
    folders = [tenant.request("POST", "/asset-groups", 201, json={"groupName": f"Folder {n}"}).json()["id"] for n in range(2)]
    folders += [tenant.request("POST", "/asset-groups", 201, json={"groupName": f"Below {n}", "parentGroupId": folders[0]}).json()["id"] for n in range(2)]
    assets = [tenant.asset(f"photo {n}") for n in range(4)]
    products = [tenant.create()["id"] for _ in range(2)]
    for n, asset in enumerate(assets):
        database.execute("""UPDATE "Asset" SET "assetGroupId" = %s WHERE id = %s""", (folders[n], asset))
        for product in products:
            tenant.link_asset(product, asset)

    def state():
        hashes = [database.execute("SELECT trash_content_hash(%s, %s)", (kind, number)).fetchone()[0]
                  for kind, numbers in (("asset", assets), ("assetGroup", folders)) for number in numbers]
        shown = [tenant.request("GET", path).content for path in ("/assets?limit=100&hasGroup=true", *(f"/asset-groups/{f}/assets" for f in folders),
                                                                  *(f"/asset-groups/{f}" for f in folders))]
        return fingerprint(database, tenant.id), hashes, [re.sub(rb"(signature|expires|token)=[^&\"]*", b"", text) for text in shown]

    before = state()
    for kind, number, back in (("assets", assets[0], 201), ("asset-groups", folders[0], 200), ("asset-groups", folders[3], 200)):
        deletion = tenant.request("DELETE", f"/{kind}/{number}", 200).json()["deletionId"]
        trashed = fingerprint(database, tenant.id)
        assert {table for table in trashed if trashed[table] != before[0][table]} == {"Asset" if kind == "assets" else "AssetGroup"}, "no link is cut"
        tenant.request("POST", f"/{kind}/{number}/restore", back)
        assert state() == before
        deletion = tenant.request("DELETE", f"/{kind}/{number}", 200).json()["deletionId"]
        tenant.request("POST", f"/trash/deletions/{deletion}/restore", 200)
        assert state() == before
    for kind, numbers in (("assets", assets), ("asset-groups", folders)):
        tenant.request("POST", f"/{kind}/bulk-delete", 200, json={"ids": numbers})
        tenant.request("POST", f"/{kind}/bulk-restore", 200, json={"ids": numbers})
        assert state() == before


def test_a_bulk_of_assets_narrows_by_type_and_folder_and_one_of_folders_takes_what_is_below(tenant, database):
    top = tenant.request("POST", "/asset-groups", 201, json={"groupName": "Top"}).json()["id"]
    below = tenant.request("POST", "/asset-groups", 201, json={"groupName": "Below", "parentGroupId": top}).json()["id"]
    inside, outside, pdf = tenant.asset("inside"), tenant.asset("outside"), tenant.asset("sheet")
    database.execute('UPDATE "Asset" SET "assetGroupId" = %s WHERE id = %s', (below, inside))
    database.execute("""UPDATE "Asset" SET "mimeType" = 'application/pdf' WHERE id = %s""", (pdf,))
    delete = lambda kind, **filters: tenant.request("POST", f"/{kind}/bulk-delete", 200, json={"filters": filters}).json()["ids"]  # noqa: E731
    assert delete("assets", mimeType="pdf") == [pdf] and delete("assets", assetGroupId=below) == [inside]
    assert delete("assets", search="photo", mimeType="pdf") == []
    tenant.request("POST", "/assets/bulk-delete", 400, json={"filters": {"assetGroupId": "x"}})
    gone = tenant.request("POST", "/asset-groups/bulk-delete", 200, json={"ids": [top]}).json()
    assert (gone["deletedCount"], gone["ids"]) == (2, [top])
    assert {item["kind"] for item in tenant.get(f"/trash/deletions/{gone['deletionId']}")["data"]} == {"assetGroup"}
    assert tenant.get("/assets")["data"][0]["id"] == outside


@pytest.mark.parametrize("resource", ["assets", "categories"])
def test_very_many_of_any_kind_go_in_the_background(tenant, database, resource):
    fill_with(tenant, resource, 10_001)
    if resource == "categories":  # what is below is in other batches than what it is below
        database.execute("""UPDATE "Category" c SET "parentCategoryId" = p.id FROM "Category" p
                             WHERE c."userId" = %(tenant)s AND p."userId" = c."userId" AND c.name <> 'Many 1' AND p.name = 'Many 1'""", {"tenant": tenant.id})
    body = previewed(tenant, f"/{resource}/bulk-delete", {"filters": {"search": "Many"}})
    begun = tenant.request("POST", f"/{resource}/bulk-delete", 202, json=body).json()
    done = wait_until_done(tenant, f"/trash/deletions/{begun['deletionId']}", "deletion")
    assert (done["itemCount"], done["left"], begun["chosenCount"]) == (10_001, 10_001, 10_001)
    bulk = tenant.request("POST", f"/trash/deletions/{begun['deletionId']}/restore", 202).json()
    assert wait_until_done(tenant, bulk["follow"].removeprefix("GET "), "bulk")["changed"] == 10_001


# --- very many ----------------------------------------------------------------------------------------------------------

def test_very_many_go_and_come_back_batch_by_batch(tenant, database):
    parent = tenant.create(sku="PARENT", name="Bulk parent")["id"]
    fill(tenant, 10_050)
    fill(tenant, 200, "Variant", variants_of=parent)
    before, total = state_of(database, tenant), 10_251
    body = previewed(tenant, "/products/bulk-delete", {"filters": {"search": "Bulk"}}, softDeleteVariants="true")
    begun = tenant.request("POST", "/products/bulk-delete?softDeleteVariants=true", 202, json=body).json()
    assert begun["state"] == "running" and begun["chosenCount"] == 10_051
    act = f"/trash/deletions/{begun['deletionId']}"
    assert tenant.get(act)["deletion"]["itemCount"] == total
    done = wait_until_done(tenant, act, "deletion")
    assert (done["itemCount"], done["left"], done["restored"]) == (total, total, 0)
    assert tenant.get("/products")["pagination"]["total"] == 0 and tenant.trash()["pagination"]["total"] == total
    told = [event["action"] for event in tenant.events()]
    assert told.count("product.bulk_delete") == 1 and told.count("product.delete_in_bulk") == total
    assert database.execute('SELECT count(*) FROM "BulkBatch"').fetchone()[0] == 0

    bulk = tenant.request("POST", f"{act}/restore", 202).json()
    assert bulk["bulk"]["total"] == total and bulk["bulk"]["act"] == "restore"
    path = bulk["follow"].removeprefix("GET ")
    restored = wait_until_done(tenant, path, "bulk")
    assert (restored["done"], restored["changed"], restored["trouble"]) == (total, total, None)
    assert state_of(database, tenant) == before, "exactly as they were"
    tenant.request("POST", f"{act}/restore", 404)

    body = previewed(tenant, "/products/bulk-delete", {"all": True})
    act = tenant.request("POST", "/products/bulk-delete", 202, json=body).json()["deletionId"]
    wait_until_done(tenant, f"/trash/deletions/{act}", "deletion")
    held = database.execute('SELECT min(id) FROM "Product" WHERE "userId" = %s AND "parentProductId" IS NULL', (tenant.id,)).fetchone()[0]
    tenant.request("POST", "/trash/holds", 201, json={"kind": "product", "itemId": held, "reason": "a case"})
    body = previewed(tenant, "/products/bulk-permanent", {"all": True})
    bulk = tenant.request("POST", "/products/bulk-permanent", 202, json=body | {"skipHeld": True}).json()
    purged = wait_until_done(tenant, bulk["follow"].removeprefix("GET "), "bulk")
    kept = database.execute('SELECT array_agg(id) FROM "Product" WHERE "userId" = %s AND "isDeleted"', (tenant.id,)).fetchone()[0]
    assert held in kept and purged["changed"] == purged["total"] - len(kept)


def test_what_still_goes_on_is_not_taken_back_and_others_do_not_see_it(tenant, other_tenant, database):
    fill(tenant, 10_001)
    with database.transaction():
        # The lock keeps the runner off it for as long as this looks.
        begun = tenant.request("POST", "/products/bulk-delete", 202, json=previewed(tenant, "/products/bulk-delete", {"all": True})).json()
        locked = database.execute('SELECT id FROM "BulkAct" WHERE "userId" = %s AND state = \'running\' FOR UPDATE', (tenant.id,)).fetchone()
        if locked:  # else it was done before
            act = f"/trash/deletions/{begun['deletionId']}"
            assert tenant.get(act)["deletion"]["state"] == "running"
            assert tenant.request("POST", f"{act}/restore", 409).json()["code"] == "trash.running"
            tenant.request("DELETE", f"{act}/permanent", 409)
            other_tenant.request("GET", act, 404)
            other_tenant.request("GET", f"/trash/bulk/{locked[0]}", 404)
    wait_until_done(tenant, f"/trash/deletions/{begun['deletionId']}", "deletion")


def test_what_stands_in_the_way_of_one_batch_leaves_that_batch_and_no_other(tenant, database):
    fill(tenant, 10_001)
    act = tenant.request("POST", "/products/bulk-delete", 202, json=previewed(tenant, "/products/bulk-delete", {"all": True})).json()["deletionId"]
    wait_until_done(tenant, f"/trash/deletions/{act}", "deletion")
    tenant.create(sku="BULK-1", name="Somebody else")
    bulk = tenant.request("POST", f"/trash/deletions/{act}/restore", 202).json()
    done = wait_until_done(tenant, bulk["follow"].removeprefix("GET "), "bulk")
    assert done["total"] - done["changed"] == 4000 and "BULK-1" in done["trouble"]
    assert tenant.request("POST", f"/trash/deletions/{act}/restore?onConflict=skip", 200).json()["restored"] == 3999


@pytest.mark.parametrize("resource, keeps", [("products", "RETURN NULL"), ("categories", "RAISE EXCEPTION 'no'")])
def test_a_batch_of_which_the_database_keeps_a_row_stays_whole_and_the_act_says_so(tenant, database, resource, keeps):
    """A trigger of an operator's keeps one of them, or refuses: its batch is as it was, without an event, and the others are gone."""
    fill_with(tenant, resource, 10_001)
    table, kind = TABLES[resource], "product" if resource == "products" else "category"
    kept = database.execute(f'SELECT min(id) FROM "{table}" WHERE "userId" = %s', (tenant.id,)).fetchone()[0]
    database.execute(f"""CREATE FUNCTION keeps_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {keeps}; END $$;
                         CREATE TRIGGER keeps_it BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN (OLD.id = {kept}) EXECUTE FUNCTION keeps_it()""")
    try:
        body = previewed(tenant, f"/{resource}/bulk-delete", {"filters": {"search": "Many"}})
        act = tenant.request("POST", f"/{resource}/bulk-delete", 202, json=body).json()["deletionId"]
        done = wait_until_done(tenant, f"/trash/deletions/{act}", "deletion")
    finally:
        database.execute(f'DROP TRIGGER keeps_it ON "{table}"; DROP FUNCTION keeps_it()')
    assert (done["itemCount"], done["left"]) == (6_001, 6_001)
    assert done["trouble"] == ("The database kept 1 of 4000 rows as they are: nothing was changed" if keeps == "RETURN NULL" else "Internal server error")
    living = database.execute(f'SELECT count(*), min(id) FROM live."{table}" WHERE "userId" = %s', (tenant.id,)).fetchone()
    assert living == (4_000, kept)
    assert [event["action"] for event in tenant.events()].count(f"{kind}.delete_in_bulk") == 6_001
    assert tenant.request("POST", f"/trash/deletions/{act}/restore", 200).json()["restored"] == 6_001


def test_batches_go_on_at_once_and_no_family_waits_for_itself(service, tenant, database):
    """Families of four, a parent's id far from its variants': torn apart, two batches would hold what the other wants."""
    fill(tenant, 3_000, "Parent")
    database.execute("""INSERT INTO "Product"(name, sku, "userId", "parentProductId", "updatedAt")
                        SELECT 'Variant ' || p.id || '-' || n, 'VARIANT-' || p.id || '-' || n, p."userId", p.id, now()
                          FROM generate_series(1, 3) n, "Product" p WHERE p."userId" = %s""", (tenant.id,))
    before, log = state_of(database, tenant), service.state / "logs/postgres.log"
    begin = log.stat().st_size

    def gone() -> int:
        return database.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s AND "isDeleted"', (tenant.id,)).fetchone()[0]

    body = previewed(tenant, "/products/bulk-delete", {"filters": {"search": "Parent"}}, softDeleteVariants="true")
    with service.connect() as other, other.transaction():
        other.execute('SELECT FROM "Product" WHERE "userId" = %s ORDER BY id LIMIT 1 FOR UPDATE', (tenant.id,))
        act = tenant.request("POST", "/products/bulk-delete?softDeleteVariants=true", 202, json=body).json()["deletionId"]
        wait_until(lambda: gone() == 8_000, 60, "the batches that nobody keeps")
        assert tenant.get(f"/trash/deletions/{act}")["deletion"]["state"] == "running"
    assert wait_until_done(tenant, f"/trash/deletions/{act}", "deletion")["itemCount"] == gone() == 12_000
    bulk = tenant.request("POST", f"/trash/deletions/{act}/restore", 202).json()
    restored = wait_until_done(tenant, bulk["follow"].removeprefix("GET "), "bulk")
    assert (restored["done"], restored["trouble"]) == (12_000, None) and state_of(database, tenant) == before
    assert "deadlock detected" not in log.read_bytes()[begin:].decode(errors="replace")


def test_a_bulk_that_was_killed_half_way_is_gone_on_with():
    """The program ends at once, with no time to say so, each time a part is done; the next one goes on, and nothing is twice."""
    service = Service()
    try:
        service.start()
        with service.connect() as database:
            tenant = new_tenant(service, database)
            fill(tenant, 12_000)
            before = state_of(database, tenant)
            body = previewed(tenant, "/products/bulk-delete", {"all": True})
            act = tenant.request("POST", "/products/bulk-delete", 202, json=body).json()["deletionId"]

            def again():
                service.kill()
                service.start()
                tenant.http = service.client(log_in(service, tenant.email))

            def rows() -> int:
                return database.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s AND "isDeleted"', (tenant.id,)).fetchone()[0]

            again()
            database.execute('UPDATE "BulkBatch" SET "claimedUntil" = NULL')  # nobody needs to wait for who is gone
            seen = rows()
            assert seen % 4000 == 0, "a batch is whole or not there"
            done = wait_until_done(tenant, f"/trash/deletions/{act}", "deletion")
            assert done["left"] == done["itemCount"] == 12_000
            events = database.execute("""SELECT count(*), count(DISTINCT "entityId") FROM "AuditEvent" WHERE action = 'product.delete_in_bulk'""").fetchone()
            assert events == (12_000, 12_000)

            bulk = tenant.request("POST", f"/trash/deletions/{act}/restore", 202).json()["bulk"]["id"]
            again()
            database.execute('UPDATE "BulkBatch" SET "claimedUntil" = NULL')  # nobody needs to wait for who is gone
            done = wait_until_done(tenant, f"/trash/bulk/{bulk}", "bulk")
            assert rows() == 0 and done["done"] == 12_000 and state_of(database, tenant) == before
    finally:
        service.remove()


def test_a_file_and_a_folder_come_back_beside_what_has_their_name(tenant):
    folder = tenant.request("POST", "/asset-groups", 201, json={"groupName": "Photos"}).json()["id"]
    old = tenant.asset("boot")
    for path in (f"/assets/{old}", f"/asset-groups/{folder}"):
        tenant.request("DELETE", path, 200)
    new = tenant.asset("boot")
    tenant.request("POST", "/asset-groups", 201, json={"groupName": "Photos"})
    tenant.request("POST", f"/assets/{old}/restore", 409)
    assert tenant.request("POST", f"/assets/{old}/restore?onConflict=rename", 201).json()["renamed"][0]["name"] == {"from": "boot", "to": "boot-restored"}
    assert tenant.request("POST", f"/asset-groups/{folder}/restore?onConflict=rename", 200).json()["restored"] == 1
    tenant.request("DELETE", f"/assets/{old}", 200)
    tenant.request("PATCH", f"/assets/{new}", 200, json={"name": "boot-restored"})
    replaced = tenant.request("POST", f"/assets/{old}/restore?onConflict=replace", 201).json()["replaced"]
    assert [(r["kind"], r["id"]) for r in replaced] == [("asset", new)]
