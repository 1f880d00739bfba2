"""The two ways back to how it was before the trash: at once, by a switch, while the service runs; and altogether, with the trash in
an archive. Whatever is killed, the same command goes on, and nothing is lost."""

import functools
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import time

import httpx
import pytest

from databases import Database
from service import PROGRAM, REPOSITORY, Service, wait_until
from tenants import Tenant, new_tenant
from test_adoption import old_database
from test_operations import start
from traffic import Traffic


@pytest.fixture(scope="module")
def service():
    made = Service().start()
    yield made
    made.stop()
    made.remove()


@pytest.fixture(scope="module")
def owner(service):
    with service.connect() as operator:
        yield new_tenant(service, operator)


def quick(service, *arguments) -> dict:
    return json.loads(service.run("rollback", "quick", *arguments, "--json").stdout)


@pytest.fixture
def switched_off(service):
    assert quick(service, "--confirm")["trash"] == "off"
    yield
    assert quick(service, "--undo")["trash"] == "on"


TRASH_ROUTES = [("GET", "/trash"), ("POST", "/trash/empty"), ("GET", "/trash/deletions"), ("GET", "/trash/settings"),
                ("GET", "/products/deleted"), ("GET", "/assets/deleted"), ("GET", "/families/deleted"), ("GET", "/asset-groups/deleted"),
                ("POST", "/products/1/restore"), ("DELETE", "/products/1/permanent"), ("DELETE", "/assets/1/permanent"),
                ("POST", "/products/bulk-restore"), ("GET", "/products/1/restore-preview"), ("GET", "/products/1/history")]


# --- at once ------------------------------------------------------------------------------------------------------------------

def test_without_confirm_it_only_looks(service, owner):
    looked = quick(service)
    assert looked["trash"] == "on" and not looked["changed"]
    owner.get("/trash")


def test_the_trash_is_gone_for_the_next_request_and_back_with_everything(service, owner):
    """Trap 9: the routes answer as if they were not there, a delete as before them, nothing deleted shows or is lost."""
    before, during, kept = owner.create(), owner.create(), owner.create()
    owner.delete(before["id"])
    quick(service, "--confirm")
    for method, path in TRASH_ROUTES:
        answer = owner.request(method, path, 404)
        assert answer.json()["message"] == f"Cannot {method} {path}", path
        nobody = httpx.request(method, service.url + path, trust_env=False)
        assert (nobody.status_code, nobody.json()["message"]) == (404, f"Cannot {method} {path}"), path
    assert owner.delete(during["id"]) == {"message": "Product successfully deleted"}
    many = [owner.create()["id"], owner.create()["id"]]
    assert owner.request("POST", "/products/bulk-delete", json={"ids": many}).json() == {"message": "Deleted 2 product(s)", "deletedCount": 2}
    assert owner.request("DELETE", f"/attributes/{owner.attribute('Size')}").json() == {"message": "Attribute successfully deleted"}
    assert set(owner.ids()) == {kept["id"]}
    assert owner.get(f"/products/{kept['id']}")["sku"] == kept["sku"]
    for gone in (before, during):
        owner.get(f"/products/{gone['id']}", 404)
    owner.create(sku=during["sku"], name=during["name"])
    owner.request("GET", "/nothing", 404)
    undone = quick(service, "--undo")
    assert undone["changed"] and undone["inTrash"] >= 5
    assert {before["id"], during["id"], *many} <= set(owner.ids("/products/deleted"))
    owner.restore(before["id"])
    owner.restore(during["id"], 409)
    assert set(owner.request("DELETE", f"/products/{kept['id']}", 200).json()) > {"message", "deletionId", "undo"}


def test_a_bulk_of_very_many_is_over_when_it_is_answered_as_it_was(service, owner):
    """Nobody follows an act whose routes are not there, no preview is asked for whose token nobody knows, and no brake stops it that
    nobody could release."""
    owner = new_tenant(service, owner.database)
    owner.database.execute("""INSERT INTO "Product"(name, sku, "userId", "updatedAt")
                              SELECT 'Very many ' || n, 'VERY-' || n, %s, now() FROM generate_series(1, 10001) n""", (owner.id,))
    quick(service, "--confirm")
    answer = owner.request("POST", "/products/bulk-delete", 200, json={"filters": {"search": "Very many"}}).json()
    assert answer == {"message": "Deleted 10001 product(s)", "deletedCount": 10001}
    assert owner.ids(search="Very many") == []
    quick(service, "--undo")
    assert owner.database.execute('SELECT state, "itemCount" FROM "Deletion" WHERE "userId" = %s', (owner.id,)).fetchall() == [("done", 10001)]


def test_again_and_again_changes_nothing(service, switched_off):
    again = quick(service, "--confirm")
    assert again["trash"] == "off" and not again["changed"]
    quick(service, "--undo")
    assert not quick(service, "--undo")["changed"]


def test_nothing_is_purged_meanwhile_and_the_time_does_not_count(service, owner):
    product = owner.create()
    act = owner.delete(product["id"])["deletionId"]
    database = owner.database
    database.execute("""UPDATE "Product" SET "deletedAt" = "deletedAt" - interval '40 days' WHERE id = %s""", (product["id"],))
    database.execute("""UPDATE "Deletion" SET "createdAt" = "createdAt" - interval '40 days' WHERE id = %s""", (act,))
    quick(service, "--confirm")
    database.execute("""UPDATE "TrashOff" SET since = since - interval '15 days'""")
    assert json.loads(service.run("cleanup", "run", "--once", "--json").stdout)["deleted"] == 0
    assert json.loads(service.run("cleanup", "preview", "--json").stdout)["tenants"] == []
    quick(service, "--undo")
    days = database.execute("""SELECT "purgeAfter" - (now() at time zone 'UTC') FROM "Deletion" WHERE id = %s""", (act,)).fetchone()[0].days
    assert days == 4, "40 days old, of which 15 don't count: 25 of 30"
    assert json.loads(service.run("cleanup", "run", "--once", "--json").stdout)["deleted"] == 0
    owner.restore(product["id"])


def test_requests_go_on_while_it_is_switched(service, owner):
    """No request fails but those to the trash's routes, and every product that was made is living or in the trash afterwards."""
    with service.connect() as operator:
        tenants = [new_tenant(service, operator) for _ in range(3)]
    for tenant in tenants:
        tenant.request("POST", "/trash/brake/release", json={"minutes": 5})
    with Traffic(service, tenants, without_trash=("off",)) as traffic:
        for _ in range(3):
            traffic.phase = "off"
            quick(service, "--confirm")
            assert quick(service, "--undo")["trash"] == "on"
        traffic.phase = "on"
        asked = traffic.asked
        wait_until(lambda: traffic.asked > asked + 30, 60, "requests after it")
    print(f"\n{traffic.phases['off']}")
    assert traffic.failed == [] and traffic.phases["off"].turned_away + traffic.phases["off"].asked > 3
    with service.connect() as operator:  # whatever was deleted is in the trash, whatever was restored lives: nothing is gone
        for tenant in tenants:
            made, = operator.execute('SELECT count(*) FROM "AuditEvent" WHERE action = \'product.create\' AND "userId" = %s', (tenant.id,)).fetchone()
            assert operator.execute('SELECT count(*) FROM "Product" WHERE "userId" = %s', (tenant.id,)).fetchone() == (made,)


# --- altogether ---------------------------------------------------------------------------------------------------------------

KILLS = int(os.environ.get("PIXELPIM_ROLLBACK_KILLS", "3"))
DERIVED = {"ListTotal", "_pixelpim_journal", "_pixelpim_changes", "_pixelpim_migrations", "_prisma_migrations"}


def all_rows(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as text; what is kept as sums, as sums."""
    rows = {}
    with database.connect() as connection:
        for (table,) in connection.execute("""SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                                              AND NOT relispartition ORDER BY 1""").fetchall():
            if table not in DERIVED:
                rows[table] = sorted(row[0] for row in connection.execute(f'SELECT to_jsonb(t)::text FROM public."{table}" t'))
        if "AuditEvent" in rows:
            rows["totals"] = sorted(map(str, connection.execute('SELECT "userId", kind, sum(rows) FROM "ListTotal" GROUP BY 1, 2 HAVING sum(rows) <> 0').fetchall()))
    return rows


def schema_of(database: Database) -> list[str]:
    """Without our ledger and journal, which say what was done; tables as they are, in whatever order their columns were made."""
    text = subprocess.run(["pg_dump", "--schema-only", "--no-owner", "--exclude-table=_pixelpim*", database.url], capture_output=True, text=True,
                          check=True).stdout
    return sorted(line.rstrip(",") for line in text.splitlines() if line and not line.startswith(("--", "\\", "SET ", "SELECT pg_cat")))


def use(database: Database):
    """An evening with PixelPim on it: things of every kind in the trash, and living ones that lead to them."""
    service = Service(environment={"DATABASE_URL": database.url}).start()
    try:
        with database.connect() as connection:
            token = service.run("token", "anna@shop.example").stdout.strip()
            anna = Tenant(service, connection, "anna@shop.example", token, 1)
            parent = anna.create(name="Boot", categoryId=anna.category("Boots"))
            variants = [anna.create(name=f"Boot {size}", parentSku=parent["sku"]) for size in (41, 42)]
            anna.delete(variants[1]["id"])
            anna.delete(parent["id"])  # the other variant stays
            other = anna.create(name="Sandal", categoryId=anna.category("Summer"), familyId=anna.family("Sandals", required=(anna.attribute("Sole"),)))
            for path in ("/categories", "/families", "/attributes", "/attribute-groups"):
                for row in anna.get(path)["data"] if isinstance(anna.get(path), dict) else anna.get(path):
                    if row["name"] in ("Summer", "Sandals", "Sole", "Colour", "Basics"):
                        anna.request("DELETE", f"{path}/{row['id']}", 200)
            used, unused = anna.asset("used"), anna.asset("unused")
            anna.link_asset(other["id"], used)
            anna.link_asset(parent["id"], used)
            anna.request("DELETE", f"/assets/{unused}", 200)
            anna.request("DELETE", f"/asset-groups/{anna.get('/asset-groups')['data'][0]['id']}", 200)
            again = anna.create(sku=parent["sku"], name=parent["name"])
            anna.request("POST", "/trash/holds", 201, json={"kind": "product", "itemId": parent["id"], "reason": "a case"})
            anna.request("PATCH", "/trash/settings", 200, json={"retentionDays": 90})
            assert anna.get(f"/products/{again['id']}")["sku"] == parent["sku"]
    finally:
        service.stop()
        shutil.rmtree(service.folder)


def full(database: Database, *arguments, code: int = 0) -> dict:
    done = database.run("rollback", "full", "--json", *arguments, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@functools.cache
def used_database(state: int) -> tuple[Database, list[str]]:
    """One that was adopted in this state, migrated and used; and its schema before that."""
    database = old_database(state)
    schema = schema_of(database)
    database.run("migrate", "baseline", "--confirm")
    database.run("migrate", "deploy")
    database.run("indexes", "apply")
    use(database)
    return database, schema


def with_backup(state: int) -> tuple[Database, list[str]]:
    """A copy of it with a backup of its own."""
    used, schema = used_database(state)
    database = Database(like=used)
    database.run("backup", "create", "--verify", "--jobs", "1")
    return database, schema


@pytest.mark.parametrize("state", range(3), ids=["without soft delete", "with soft delete", "newest"])
def test_full_leads_back_to_the_database_of_before_and_again_to_all_of_it(state):
    """Trap 10: exact counts first; the schema of before; no living row changed; the trash in an archive, and in again from there."""
    database, schema = with_backup(state)
    before, migrated, found = all_rows(database), schema_of(database), database.run("doctor", check=False).stdout
    planned = full(database)
    assert not planned["done"] and all_rows(database) == before and schema_of(database) == migrated
    done = full(database, "--confirm")
    assert done["done"] and done["tables"] == planned["tables"] and done["reverted"] == planned["reverted"]
    assert schema_of(database) == schema
    after = all_rows(database)
    gone = {each["table"]: each["gone"] for each in done["tables"]}
    assert gone["Product"] >= 2 and gone["Category"] == 1 and gone["Family"] == 1 and gone["Attribute"] == 2 and gone["AssetGroup"] == 1
    for table, rows in after.items():
        assert len(rows) == len(before[table]) - gone.get(table, 0), table
    skus = {row[0] for row in database.fetch('SELECT name FROM "Product"')}
    assert {"Boot", "Boot 41", "Sandal", "Left variant"} <= skus and "Boot 42" not in skus
    assert database.fetch("""SELECT "parentProductId" FROM "Product" WHERE name = 'Boot 41'""") == [(None,)]
    assert database.fetch("""SELECT "categoryId", "familyId" FROM "Product" WHERE name = 'Sandal'""") == [(None, None)]
    if state:
        assert database.fetch("""SELECT sku, "deletedAt" IS NULL FROM "Product" WHERE "isDeleted" ORDER BY sku""") == [("G", False), ("N", True)]
    lines = pathlib.Path(done["archive"]).read_bytes()
    assert hashlib.sha256(lines).hexdigest() == done["sha256"] and lines.count(b"\n") == done["lines"] + 2
    assert full(database, "--confirm")["doneBefore"], "again: nothing to do"

    back = full(database, "--undo")
    assert all(each["given"] == each["taken"] for each in back["tables"] if each["table"] not in ("ClockSeen",)), back["tables"]
    assert schema_of(database) == migrated
    assert all_rows(database) == before
    assert full(database, "--undo")["doneBefore"]
    assert database.run("doctor", check=False).stdout == found


def locked(database: Database) -> bool:
    """Does a program have the lock of those who change the schema?"""
    return bool(database.fetch("""SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
                                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""))


@pytest.fixture
def ready():
    return with_backup(2)


def test_without_a_proven_backup_of_this_database_nothing_is_done():
    """Issue: `rollback full` refuses a backup of less than grade A, one of another database, and none."""
    database = Database(like=used_database(2)[0])
    before = all_rows(database)
    refused = full(database, "--confirm", code=1)
    assert "backup create --verify" in refused["error"]["remedy"]
    database.run("backup", "create", "--jobs", "1")
    assert "error" in full(database, "--confirm", code=1), "nobody has looked at that one"
    database.run("backup", "verify")
    [manifest] = [path for path in (database.program.state / "backups").glob("backup_*/manifest.json") if json.loads(path.read_text())["database"] == database.name]
    made = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(made | {"createdAt": "2026-01-01T00:00:00Z"}))
    assert "24 h at most is asked for" in full(database, "--confirm", code=1)["error"]["message"]
    manifest.write_text(json.dumps(made))
    grade = manifest.parent.parent / f"{manifest.parent.name}.grade.json"
    whole = grade.read_text()
    grade.write_text(whole.replace('"A"', '"B"'))
    assert "error" in full(database, "--confirm", code=1), "read through, but not restored"
    assert all_rows(database) == before
    grade.write_text(whole)
    assert full(database, "--confirm")["done"], "that backup was all that was missing"


def test_a_server_that_runs_is_named(ready):
    database, _ = ready
    service = Service(environment={"DATABASE_URL": database.url}).start()
    try:
        refused = full(database, "--confirm", code=1)
        assert "still running" in refused["error"]["message"] and "Stop it" in refused["error"]["remedy"]
        assert httpx.get(service.url + "/health/ready", trust_env=False).status_code == 200
    finally:
        service.stop()
        shutil.rmtree(service.folder)


def test_a_second_operator_is_told_who_is_at_it(ready):
    database, schema = ready
    with database.connect() as first:
        first.execute("BEGIN; LOCK TABLE \"Product\" IN ACCESS SHARE MODE")
        process = start(database, "rollback", "full", "--confirm")
        wait_until(lambda: locked(database), 30, "the first to have begun")
        assert "Another program" in full(database, "--confirm", code=1)["error"]["message"]
        first.execute("ROLLBACK")
    assert process.wait(60) == 0
    assert schema_of(database) == schema


def test_killed_at_any_moment_the_same_command_goes_on():
    """Nothing or all of it: kill -9 at moments all over it, then the same command again. (PIXELPIM_ROLLBACK_KILLS: how often.)"""
    used, schema = with_backup(0)
    template, before = Database(like=used), all_rows(used)
    began = time.monotonic()
    full(used, "--confirm")
    seconds, wanted, killed = time.monotonic() - began, all_rows(used), 0
    for number in range(KILLS):
        database = Database(like=template)
        database.run("backup", "create", "--verify", "--jobs", "1") if number == 0 else forge_backup(database)
        moments = random.Random(number)
        for arguments, done, undone in ((["--confirm"], wanted, before), (["--undo"], before, wanted)):
            process = start(database, "rollback", "full", *arguments)
            wait_until(lambda: process.poll() is not None or locked(database), 30, "it to be at work")
            time.sleep(moments.uniform(0, 0.6) * seconds)
            killed += process.poll() is None
            process.kill()
            process.wait()
            wait_until(lambda: not database.fetch("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"),
                       30, "its session to end")
            if done is wanted:
                assert all_rows(database) in (done, undone), "half done"
            full(database, *arguments)
            assert all_rows(database) == done
            if done is wanted:
                assert schema_of(database) == schema
    print(f"\n{2 * KILLS} kills, {killed} of a command at work ({seconds:.1f} s)")
    assert killed >= KILLS // 2, f"only {killed} of {2 * KILLS} were killed while they ran"


def forge_backup(database: Database):
    """The proven backup of another copy of the same database, as if it were this one's: the kills are about something else."""
    store = database.program.state / "backups"
    newest = max(store.glob("backup_*/manifest.json"))
    manifest = json.loads(newest.read_text())
    newest.write_text(json.dumps(manifest | {"database": database.name}))


def test_an_archive_that_is_not_whole_is_refused(ready, tmp_path):
    database, schema = ready
    done = full(database, "--confirm")
    whole = pathlib.Path(done["archive"]).read_bytes()
    for name, content in {"cut": whole[:len(whole) // 2], "changed": whole.replace(b"Boot 42", b"Boot 43"), "empty": b""}.items():
        (tmp_path / name).write_bytes(content)
        refused = full(database, "--undo", "--archive", tmp_path / name, code=1)
        assert "not whole" in refused["error"]["message"], name
    (tmp_path / "copy").write_bytes(whole)
    pathlib.Path(done["archive"]).unlink()
    back = full(database, "--undo", "--archive", tmp_path / "copy")
    assert {each["table"]: each["taken"] for each in back["tables"]}["Product"] >= 2


def test_whoever_left_stays_out_and_what_the_old_program_did_meanwhile_stays(ready):
    """The old program knows of no deactivated accounts; and while it runs, rows that archived ones hang on may go for good."""
    database, _ = ready
    database.script("""UPDATE "User" SET "deactivatedAt" = now(), "password" = 'a hash' WHERE email = 'staff@shop.example'""")
    before = all_rows(database)
    full(database, "--confirm")
    assert database.fetch("""SELECT "password" FROM "User" WHERE email = 'staff@shop.example'""") == [(None,)]
    boots = database.fetch("""SELECT id FROM "Category" WHERE name = 'Boots'""")[0][0]
    database.script(f"""DELETE FROM "Category" WHERE id = {boots};
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('Meanwhile', 'M', 1, now())""")
    full(database, "--undo")
    assert database.fetch("""SELECT "password", "deactivatedAt" IS NOT NULL FROM "User" WHERE email = 'staff@shop.example'""") == [("a hash", True)]
    assert database.fetch("""SELECT "isDeleted", "categoryId" FROM "Product" WHERE name = 'Boot' ORDER BY 1""") == [(False, None), (True, None)]
    rows = all_rows(database)
    assert len(rows["Product"]) == len(before["Product"]) + 1 and rows["Deletion"] == before["Deletion"] and rows["AuditEvent"] == before["AuditEvent"]
    product = database.fetch("""INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('Next', 'N-1', 1, now()) RETURNING id""")
    assert product[0][0] > max(json.loads(row)["id"] for row in before["Product"])


# --- the page -----------------------------------------------------------------------------------------------------------------

def test_every_command_of_the_page_does_what_it_says(tmp_path):
    page = (REPOSITORY / "docs/operations/rollback.md").read_text()
    database = Database(like=used_database(1)[0])
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pixelpim").symlink_to(PROGRAM)
    for command, shown in re.findall(r"^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", page, re.M | re.S):
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=120,
                              env=database.program.environment | {"PATH": f"{programs}:/usr/bin:/bin", "SCRATCH": str(tmp_path)})
        assert done.returncode == 0, command + done.stdout + done.stderr
        for line in shown.splitlines():
            assert line in done.stdout, (command, done.stdout)
