"""Bulks where the planner has statistics of another time: of a catalogue without this tenant, in which nothing was in the trash. They
may cost more then, but not by the square of their rows."""

import contextlib
import re

import pytest

from service import Service, wait_until
from tenants import new_tenant
from test_trash_bulk import TABLES, fill_with

ROWS = 2000
HOLDS = "trash_holds_on(tenant INTEGER, item_kind TEXT, items INTEGER[]) RETURNS TABLE (item INTEGER, hold BIGINT)"
FREE_NAMES = ("trash_free_names(item_kind TEXT, tenant INTEGER, place INTEGER, base TEXT, characters_max INTEGER, wanted INTEGER)"
              " RETURNS SETOF TEXT")
READ = re.compile(r"Buffers: shared hit=(\d+)(?: read=(\d+))?")
LINE = re.compile(r"rows=(\d+) loops=(\d+)\)$|Rows Removed by (?:Join )?Filter: (\d+)$", re.M)


def most_rows(log: str) -> dict[str, int]:
    """Of each statement in the log, by how it begins: the most rows that one node of its plans gave, or threw away."""
    most = {}
    for plan in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log):
        if "Query Text: " not in plan:
            continue
        loops, worst = 1, 0
        for rows, times, removed in LINE.findall(plan):
            loops = int(times) if times else loops
            worst = max(worst, int(rows or removed) * loops)
        name = plan.split("Query Text: ", 1)[1][:60]
        most[name] = max(most.get(name, 0), worst)
    return most


def most_pages(log: str) -> dict[str, int]:
    """Of each statement in the log, by how it begins: the most pages that it looked at, with those of the functions that it calls."""
    most = {}
    for plan in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log):
        if found := READ.search(plan.partition("Query Text: ")[2]):
            name = plan.split("Query Text: ", 1)[1][:60]
            most[name] = max(most.get(name, 0), sum(int(pages or 0) for pages in found.groups()))
    return most


def fill(database, tenant):
    database.execute("""INSERT INTO "Product"(name, sku, "userId", "updatedAt")
                        SELECT 'Many ' || n, 'MANY-' || n, %s, now() FROM generate_series(1, %s) n""", (tenant.id, ROWS))


@pytest.fixture(scope="module")
def watched():
    """A service whose database gets no statistics but those that a test makes, and writes down how it did things."""
    service = Service().start()
    try:
        with service.connect() as database:
            database.execute("LOAD 'auto_explain'")
            for setting in ("autovacuum = off", "session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
                            "auto_explain.log_analyze = on", "auto_explain.log_timing = off", "auto_explain.log_buffers = on"):
                database.execute(f"ALTER SYSTEM SET {setting}")
            database.execute("SELECT pg_reload_conf()")
            wait_until(lambda: database.execute("SHOW autovacuum").fetchone() == ("off",), 30, "the settings")
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
            wait_until(lambda: service.client().get("/health/ready").status_code == 200, 30, "the server to have its connections again")
            yield service, database
    finally:
        service.remove()


@pytest.fixture
def log(watched):
    """What is written down from here on."""
    path = watched[0].state / "logs/postgres.log"
    begin = path.stat().st_size
    return lambda: path.read_bytes()[begin:].decode(errors="replace")


def test_a_bulk_looks_at_each_row_a_few_times_whatever_the_statistics_say(watched, log):
    service, database = watched
    fill(database, new_tenant(service, database, "other"))
    database.execute("ANALYZE")
    tenant = new_tenant(service, database)
    fill(database, tenant)
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 60})

    def act(path: str, body: dict) -> dict:
        token = tenant.request("POST", f"{path}?dryRun=true", 200, json=body).json()["previewToken"]
        return tenant.request("POST", path, 200, json=body | {"previewToken": token}).json()

    deleted = act("/products/bulk-delete", {"filters": {"search": "Many"}})
    assert deleted["deletedCount"] == ROWS
    assert tenant.get(f"/trash/deletions/{deleted['deletionId']}/restore-preview")["itemCount"] == ROWS
    assert tenant.request("POST", f"/trash/deletions/{deleted['deletionId']}/restore", 200).json()["restored"] == ROWS
    act("/products/bulk-delete", {"all": True})
    assert act("/products/bulk-restore", {"all": True})["restored"] == ROWS
    act("/products/bulk-delete", {"all": True})
    fill(database, tenant)  # all of them are in the way of those in the trash
    assert tenant.request("POST", "/products/bulk-restore?dryRun=true", 200, json={"all": True}).json()["conflictCount"] == 2 * ROWS
    act("/products/bulk-restore", {"all": True, "onConflict": "replace"})
    assert act("/products/bulk-permanent", {"all": True})["purged"] == ROWS
    most = most_rows(log())
    assert sum("the trash" in name or "for good" in name or "chosen" in name for name in most) >= 4, f"that was not written down: {most}"
    assert {name: rows for name, rows in most.items() if rows > 12 * ROWS} == {}


def test_who_follows_its_parent_is_found_by_the_parent_whatever_is_in_the_trash(watched):
    service, database = watched
    wait_until(lambda: service.client().get("/health/ready").status_code == 200, 30, "the server to have its connections again")
    tenant = new_tenant(service, database)
    parents = [tenant.create(sku=f"PARENT-{n}")["id"] for n in range(20)]
    database.execute("ANALYZE")
    database.execute("""INSERT INTO "Product"(name, sku, "userId", "updatedAt", "parentProductId")
                        SELECT 'Variant ' || n || '-' || p, 'VARIANT-' || n || '-' || p, %s, now(), p
                          FROM unnest(%s::int4[]) p, generate_series(1, 5) n""", (tenant.id, parents))
    database.execute("""INSERT INTO "Product"(name, sku, "userId", "updatedAt", "isDeleted", "deletedAt")
                        SELECT 'Gone ' || n, 'GONE-' || n, %s, now(), true, now() - interval '2 days' FROM generate_series(1, %s) n""", (tenant.id, 5 * ROWS))
    database.execute("ALTER SYSTEM SET auto_explain.log_nested_statements = on")  # a trigger's
    database.execute("SELECT pg_reload_conf()")
    wait_until(lambda: database.execute("SHOW auto_explain.log_nested_statements").fetchone() == ("on",), 30, "the setting")
    log = service.state / "logs/postgres.log"
    begin = log.stat().st_size
    tenant.request("POST", "/products/bulk-delete", 200, json={"ids": parents})
    database.execute("ALTER SYSTEM RESET auto_explain.log_nested_statements")
    database.execute("SELECT pg_reload_conf()")
    assert len(tenant.ids()) == 5 * len(parents), "the variants stand alone"
    most = {name: rows for name, rows in most_rows(log.read_bytes()[begin:].decode(errors="replace")).items() if '"detachedBy"' in name}
    assert most and max(most.values()) < ROWS, most


# --- what stands in the way ---------------------------------------------------------------------------------------------

def trash_all(database, tenant, table: str):
    database.execute(f"""UPDATE "{table}" SET "isDeleted" = true, "deletedAt" = now() WHERE "userId" = %s""", (tenant.id,))


RENAMED = 1000
PAGES_EACH = 100  # of one that is restored under a new name: a few look-ups in indexes, its own row, and what triggers write


@pytest.mark.parametrize("resource", TABLES)
def test_names_that_are_taken_are_looked_for_in_an_index_and_not_among_all_of_the_tenants(watched, log, resource):
    """A thousand come back, each of whose names one of twenty thousand has; the planner knows of none of them."""
    service, database = watched
    tenant = new_tenant(service, database)
    fill_with(tenant, resource, RENAMED)
    trash_all(database, tenant, TABLES[resource])
    fill_with(tenant, resource, 20 * RENAMED)
    body = {"all": True, "onConflict": "rename"}
    shown = tenant.request("POST", f"/{resource}/bulk-restore?dryRun=true", 200, json=body).json()
    assert shown["conflictCount"] == (2 if resource == "products" else 1) * RENAMED
    answer = tenant.request("POST", f"/{resource}/bulk-restore", 200, json=body).json()
    assert answer["restored"] == RENAMED and answer["renamed"][0]["name"]["to"].endswith("-restored")
    most = {name: pages for name, pages in most_pages(log()).items() if "come back" in name or "Brings what" in name}
    assert len(most) == 2 and {name: pages for name, pages in most.items() if pages > PAGES_EACH * RENAMED} == {}


def forget_statistics(database, table: str):
    """As after a database was read in: nobody has looked at its rows yet."""
    database.execute(f"""DELETE FROM pg_statistic WHERE starelid = '"{table}"'::regclass""")
    database.execute(f"""UPDATE pg_class SET reltuples = -1 WHERE oid = '"{table}"'::regclass""")


@pytest.mark.parametrize("place", [False, True], ids=["root", "folder"])
def test_the_name_of_an_asset_is_not_sought_in_all_of_its_folder(watched, log, place):
    """Where there are no statistics at all, any index that knows the folder is good enough for the planner."""
    service, database = watched
    tenant = new_tenant(service, database)
    folder = tenant.request("POST", "/asset-groups", 201, json={"groupName": "All"}).json()["id"] if place else None
    for rows in (RENAMED, 20 * RENAMED):
        fill_with(tenant, "assets", rows)
        database.execute("""UPDATE "Asset" SET name = name || ' ' || id, "assetGroupId" = %s WHERE "userId" = %s""", (folder, tenant.id))
        if rows == RENAMED:
            trash_all(database, tenant, "Asset")
    forget_statistics(database, "Asset")
    assert tenant.request("POST", "/assets/bulk-restore?dryRun=true", 200, json={"all": True}).json()["conflictCount"] == 0
    assert tenant.request("POST", "/assets/bulk-restore", 200, json={"all": True}).json()["restored"] == RENAMED
    most = {name: rows for name, rows in most_rows(log()).items() if "come back" in name or "Brings what" in name}
    assert len(most) == 2 and {name: rows for name, rows in most.items() if rows > 60 * RENAMED} == {}


@pytest.mark.parametrize("place", [False, True], ids=["root", "folder"])
def test_many_that_want_one_name_are_given_the_free_ones_in_one_go(watched, log, place):
    """All were called the same, one after the other: each of them gets a number of its own, and nobody counts from one again."""
    service, database = watched
    tenant = new_tenant(service, database)
    folder = tenant.request("POST", "/asset-groups", 201, json={"groupName": "Photos"}).json()["id"] if place else None
    for resource in ("products", "assets"):
        fill_with(tenant, resource, RENAMED)
        trash_all(database, tenant, TABLES[resource])
    database.execute("""UPDATE "Product" SET sku = 'SAME', name = 'Same' WHERE "userId" = %s""", (tenant.id,))
    database.execute("""UPDATE "Asset" SET name = 'Same', "assetGroupId" = %s WHERE "userId" = %s""", (folder, tenant.id))
    for resource in ("products", "assets"):
        body = {"all": True, "onConflict": "rename"}
        assert len(tenant.request("POST", f"/{resource}/bulk-restore?dryRun=true", 200, json=body).json()["renamedTo"]) == 100
        assert tenant.request("POST", f"/{resource}/bulk-restore", 200, json=body).json()["restored"] == RENAMED
    expected = {"Same", "Same-restored", *(f"Same-restored-{n}" for n in range(2, RENAMED))}
    for column, table in (("sku", "Product"), ("name", "Product"), ("name", "Asset")):
        names = {row[0].capitalize() for row in database.execute(f'SELECT {column} FROM live."{table}" WHERE "userId" = %s', (tenant.id,))}
        assert names == expected
    most = {name: pages for name, pages in most_pages(log()).items() if "come back" in name or "Brings what" in name}
    assert len(most) == 2 and {name: pages for name, pages in most.items() if pages > PAGES_EACH * RENAMED} == {}


# --- what is below ------------------------------------------------------------------------------------------------------

PLACES = {"products": "parentProductId", "categories": "parentCategoryId", "asset-groups": "parentGroupId"}


@pytest.fixture(scope="module")
def misled(watched):
    """When the planner looked last nothing was in the trash, and products had many variants each: it would take a deletion for the
    quicker way to the few of one parent, and read all of the deletion for each of its parents."""
    service, database = watched
    other = new_tenant(service, database, "other")
    parents = 40
    for resource, parent in PLACES.items():
        fill_with(other, resource, 50 * parents)
        table = TABLES[resource]
        database.execute(f"""UPDATE "{table}" t SET "{parent}" = p.id
                               FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all FROM "{table}" WHERE "userId" = %(t)s) s,
                                    (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "{table}" WHERE "userId" = %(t)s) p
                              WHERE t.id = s.id AND s.n > %(parents)s AND p.n = s.n %% %(parents)s + 1""", {"t": other.id, "parents": parents})
    database.execute("ANALYZE")


def all_of(tenant, path: str):
    token = tenant.request("POST", f"{path}?dryRun=true", 200, json={"all": True}).json()["previewToken"]
    tenant.request("POST", path, 200, json={"all": True, "previewToken": token})


def test_what_comes_along_is_not_sought_among_all_that_have_a_deletion(watched, misled, log):
    service, database = watched
    tenant = new_tenant(service, database)
    for resource in PLACES:
        fill_with(tenant, resource, ROWS)
        for act in ("delete", "restore", "delete", "permanent"):
            all_of(tenant, f"/{resource}/bulk-{act}")
    most = {name: rows for name, rows in most_rows(log()).items() if re.match("-- (What would|Brings what|Deletes what|Moves living)", name)}
    assert len(most) >= 6 and {name: rows for name, rows in most.items() if rows > 16 * ROWS} == {}


@pytest.mark.parametrize("resource", TABLES)
def test_one_goes_and_comes_back_without_a_look_at_all_the_others(watched, misled, log, resource):
    """Two thousand went in one act. The second of them is refused, since somebody has its name; as many more live beside it, of whom one goes."""
    service, database = watched
    tenant = new_tenant(service, database)
    fill_with(tenant, resource, ROWS)
    all_of(tenant, f"/{resource}/bulk-delete")
    first, second = (row[0] for row in database.execute(f'SELECT id FROM "{TABLES[resource]}" WHERE "userId" = %s ORDER BY id LIMIT 2', (tenant.id,)))
    assert tenant.request("POST", f"/{resource}/{first}/restore").status_code in (200, 201)
    database.execute(f'UPDATE "{TABLES[resource]}" SET "isDeleted" = true WHERE id = %s', (first,))
    fill_with(tenant, resource, ROWS)
    assert tenant.request("POST", f"/{resource}/{second}/restore", 409).json()["conflict"]
    tenant.request("DELETE", f"/{resource}/{second + ROWS}", 200)
    written = log()
    for what in ("Moves the living", "Brings the trashed", "Who stands in the way"):
        [rows] = [rows for name, rows in most_rows(written).items() if name.startswith(f"-- {what}")]
        assert rows < ROWS / 10, what


@pytest.mark.parametrize("has_statistics", [True, False], ids=["statistics", "none"])
@pytest.mark.parametrize("place", [False, True], ids=["root", "below"])
@pytest.mark.parametrize("resource", ["assets", "asset-groups", "categories"])
def test_who_is_in_the_way_is_found_by_name_and_place(watched, log, resource, place, has_statistics):
    """On each way to bring one back: at once, after a look, and under another name."""
    service, database = watched
    tenant = new_tenant(service, database)
    table, column = TABLES[resource], {"assets": "assetGroupId"}.get(resource) or PLACES[resource]
    fill_with(tenant, resource, 10 * ROWS)
    if place:
        above = tenant.category("Above") if resource == "categories" else tenant.request("POST", "/asset-groups", 201, json={"groupName": "Above"}).json()["id"]
        database.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "userId" = %s AND id <> %s', (above, tenant.id, above))
    one = database.execute(f'SELECT min(id) FROM "{table}" WHERE "userId" = %s', (tenant.id,)).fetchone()[0]
    tenant.request("DELETE", f"/{resource}/{one}", 200)
    name = "groupName" if resource == "asset-groups" else "name"
    database.execute(f"""UPDATE "{table}" SET "{name}" = 'Many 1' WHERE "userId" = %s AND "{name}" = 'Many 2'""", (tenant.id,))
    if not has_statistics:
        forget_statistics(database, table)
    assert tenant.request("POST", f"/{resource}/{one}/restore", 409).json()["conflict"]
    assert tenant.get(f"/{resource}/{one}/restore-preview")["renamedTo"][0]["value"] == "Many 1-restored"
    assert tenant.request("POST", f"/{resource}/{one}/restore?onConflict=rename").json()["restored"] == 1
    written = log()
    [pages] = [pages for name, pages in most_pages(written).items() if name.startswith("-- Who stands in the way")]
    assert pages < 60
    for what in ("What would come back", "Brings what is chosen"):
        [rows] = [rows for name, rows in most_rows(written).items() if name.startswith(f"-- {what}")]
        assert rows < ROWS / 10, what


# --- time ---------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def needing_the_time_of_an_act(database, function: str, result: str = ""):
    """What calls the function needs more time than a read has: where it is not given that of an act, it is cancelled."""
    before = database.execute("SELECT pg_get_functiondef(%s::regproc)", (function.partition("(")[0],)).fetchone()[0]
    database.execute(f"""CREATE OR REPLACE FUNCTION {function} LANGUAGE plpgsql STABLE AS $$ BEGIN
                             IF current_setting('statement_timeout')::interval < interval '1 minute' THEN
                                 RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014';
                             END IF;
                             RETURN {result};
                         END $$""")
    try:
        yield
    finally:
        database.execute(before)


@pytest.mark.parametrize("path, body, function", [
    ("/products/bulk-restore?dryRun=true", {"all": True}, FREE_NAMES), ("/products/bulk-restore?dryRun=true", {"filters": {"search": "Many"}}, FREE_NAMES),
    ("GET restore-preview", None, FREE_NAMES),
    ("/products/bulk-permanent?dryRun=true", {"all": True}, HOLDS), ("DELETE permanent?dryRun=true", None, HOLDS)])
def test_a_preview_of_what_is_not_told_by_ids_has_the_time_that_the_act_has(watched, path, body, function):
    service, database = watched
    tenant = new_tenant(service, database)
    fill_with(tenant, "products", 3)
    act = tenant.request("POST", "/products/bulk-delete", 200, json={"all": True}).json()["deletionId"]
    fill_with(tenant, "products", 3)  # so names are looked for; and so are holds
    tenant.request("POST", "/trash/holds", 201, json={"kind": "product", "itemId": tenant.ids()[0], "reason": "a case"})
    with needing_the_time_of_an_act(database, function):
        method, _, rest = path.rpartition(" ")
        answer = tenant.request(method, f"/trash/deletions/{act}/{rest}") if method else tenant.request("POST", path, json=body)
        assert answer.status_code == 200 and answer.json()["count"] == 3, answer.text


@pytest.mark.parametrize("rows, status", [(1001, 200), (1000, 503)])
def test_a_preview_of_a_delete_of_many_has_that_time_too(watched, rows, status):
    """One of few has the time of a read: a connection is not held up by it for long."""
    service, database = watched
    tenant = new_tenant(service, database)
    fill_with(tenant, "products", rows)
    with needing_the_time_of_an_act(database, "trash_retention(tenant INTEGER, otherwise INTEGER) RETURNS INTEGER", "30"):
        tenant.request("POST", "/products/bulk-delete?dryRun=true", status, json={"all": True})
