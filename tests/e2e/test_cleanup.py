"""The nightly cleanup: what has been in the trash for long enough goes, once, and nothing else; whatever happens to servers,
to clocks, and to what can't be purged."""

import email
import email.policy
import importlib.util
import json
import re
import subprocess
import time

import psycopg
import pytest

from clock import FakedClock, utc, wait_until
from receivers import receiving_mails
from service import PROGRAM, REPOSITORY, Service, files_below
from tenants import Api, log_in

NIGHT = {"CLEANUP_SCHEDULE": "0 2 * * *", "PIXELPIM_TIME_ZONE": "Europe/Berlin"}


@pytest.fixture(scope="module")
def place():
    """An installation for operators' commands: nothing runs in it by itself."""
    installation = Service(environment={"CLEANUP_SCHEDULE": "off"})
    installation.run("db", "start")
    installation.run("migrate", "deploy")
    installation.run("user", "add", "owner@shop.example", "--password-stdin", stdin="correct horse battery staple\n")
    yield installation
    installation.run("db", "stop")
    installation.remove()


@pytest.fixture
def database(place):
    with place.connect() as connection:
        yield connection
        connection.execute('DELETE FROM "LegalHold"')
        connection.execute('DELETE FROM "TrashPolicy"')
        connection.execute('DELETE FROM "Product"')
        connection.execute('DELETE FROM "CleanupFailure"')


def trashed(connection, count=1, age="40 days", kind="Product", deletion=None, tenant=1) -> list[int]:
    """Rows that have been in the trash for that long."""
    name = "groupName" if kind == "AssetGroup" else "name"
    more = {"Product": ", sku", "Attribute": ", type"}.get(kind, "")
    value = {"Product": ", 'S-' || g", "Attribute": ", 'STRING'"}.get(kind, "")
    if kind == "Asset":
        more, value = ', "fileName", "filePath", "mimeType", size', ", 'a.png', '/uploads/1/' || g, 'image/png', 5"
    return [row[0] for row in connection.execute(f'''
        INSERT INTO "{kind}"("{name}", "userId", "updatedAt", "isDeleted", "deletedAt", "deletionId"{more})
        SELECT 'Old ' || g, %s, now(), true, (now() AT TIME ZONE 'UTC') - %s::interval, %s {value} FROM generate_series(1, %s) g
        RETURNING id''', (tenant, age, deletion, count)).fetchall()]


def deletion(connection, purge_after=None, tenant=1) -> int:
    return connection.execute('''INSERT INTO "Deletion"("userId", kind, "itemCount", "purgeAfter") VALUES (%s, 'adopted', 1,
        (now() AT TIME ZONE 'UTC') + %s::interval) RETURNING id''', (tenant, purge_after)).fetchone()[0]


def left(connection, kind="Product") -> set[int]:
    return {row[0] for row in connection.execute(f'SELECT id FROM "{kind}" WHERE "isDeleted"').fetchall()}


def clean(place, *more, expect=0) -> dict:
    done = place.run("cleanup", "run", "--once", "--json", *more, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return json.loads(done.stdout)


# --- what goes, and what stays ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_acceptance_19_the_retention_has_both_sides(place, database, zone):
    """30 days and a second: gone; 30 days less a few seconds: there. A row without a time is never purged. Whatever time zone the
    database has for its sessions."""
    database.execute(f"ALTER DATABASE {database.info.dbname} SET TimeZone = '{zone}'")
    gone = trashed(database, 1, "30 days 1 second")
    stays = trashed(database, 1, "30 days -20 seconds")
    undated = trashed(database, 1, "40 days")
    database.execute('UPDATE "Product" SET "deletedAt" = NULL WHERE id = ANY(%s)', (undated,))
    answer = clean(place)
    assert answer.keys() >= {"deleted", "failed", "date"}, "the form that a function on another host has always answered"
    assert (answer["deleted"], answer["failed"]) == (1, 0)
    assert left(database) == {*stays, *undated} and gone[0] not in left(database)
    database.execute(f"ALTER DATABASE {database.info.dbname} RESET TimeZone")


def test_every_kind_goes_and_leaves_a_certificate(place, database):
    ids = {kind: trashed(database, 2, kind=kind) for kind in
           ("Product", "Asset", "AssetGroup", "Category", "Family", "Attribute", "AttributeGroup")}
    hashes = {kind: {str(i): database.execute("SELECT trash_content_hash(%s, %s)", (kind[0].lower() + kind[1:], i)).fetchone()[0]
                     for i in ids[kind]} for kind in ids}
    assert clean(place)["deleted"] == 14
    for kind in ids:
        name = kind[0].lower() + kind[1:]
        certified = database.execute('''SELECT i."itemId"::text, i."contentHash" FROM "PurgedItem" i JOIN "PurgeCertificate" c
            ON c.id = i."certificateId" WHERE i.kind = %s AND i."itemId" = ANY(%s) AND c.reason = 'retention' ''', (name, ids[kind])).fetchall()
        assert dict(certified) == hashes[kind], kind
        events = database.execute('SELECT "entityId" FROM "AuditEvent" WHERE action = %s AND "entityId" = ANY(%s)',
                                  (f"{name}.purge_in_bulk", ids[kind])).fetchall()
        assert {row[0] for row in events} == set(ids[kind]), "each thing's own history says so"
        assert not left(database, kind)
    told = database.execute('SELECT message FROM "Notification" WHERE "entityType" = \'product\' ORDER BY id DESC LIMIT 1').fetchone()[0]
    assert told == "2 products were permanently deleted"


def test_a_certificate_is_of_all_that_a_product_has(place, database):
    """The cleanup describes all products of a batch at once, and each as trash_content_hash does."""
    ids = trashed(database, 3)
    young = {kind: trashed(database, 2, "1 day", kind=kind) for kind in ("Attribute", "Asset", "Category")}
    try:
        for number, (attribute, asset, category) in enumerate(zip(*(reversed(young[kind]) for kind in young))):
            value = ('with "quotes", [brackets] and a \\', None)[number]
            for product in ids[:2]:
                database.execute('INSERT INTO "ProductAttribute"("productId", "attributeId", value) VALUES (%s, %s, %s)',
                                 (product, attribute, value))
                database.execute('INSERT INTO "ProductAsset"("productId", "assetId") VALUES (%s, %s)', (product, asset))
                database.execute('INSERT INTO "ProductCategory"("productId", "categoryId", position) VALUES (%s, %s, %s)',
                                 (product, category, number))
        hashes = {i: database.execute("SELECT trash_content_hash('product', %s)", (i,)).fetchone()[0] for i in ids}
        assert len(set(hashes.values())) == 3 and clean(place)["deleted"] == 3
        assert dict(database.execute('SELECT "itemId", "contentHash" FROM "PurgedItem" WHERE kind = \'product\' AND "itemId" = ANY(%s)',
                                     (ids,)).fetchall()) == hashes
    finally:
        for kind in young:
            database.execute(f'DELETE FROM "{kind}" WHERE id = ANY(%s)', (young[kind],))


def test_what_is_due_is_not_read_again_for_each_part_of_it(place, database):
    """The next hundred of 3,000 are found in an index, wherever it went on, and whatever the planner knows of the trash."""
    trashed(database, 3000)
    order = (REPOSITORY / "src/ops/cleanup/in_order.sql").read_text()
    sql = place.run("client", "statements", "cleanup_find_due").stdout.rstrip().rstrip(";")
    for statistics in ("", 'ANALYZE "Product"'):
        database.execute(statistics or "SELECT 1")
        found = []
        with database.transaction():
            database.execute(order)
            database.execute(f"PREPARE found(int4, int4, text, timestamp, int4, int4) AS {sql}")
            after = ("1900-01-01", 0)
            for _ in range(3):
                call = f"EXECUTE found(1, 30, 'product', '{after[0]}', {after[1]}, 100)"
                plan = "\n".join(row[0] for row in database.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {call}").fetchall())
                rows = [int(n) for n in re.findall(r"rows=(\d+) loops=\d+\)|Rows Removed by Filter: (\d+)", plan) for n in n if n]
                assert max(rows) <= 100, plan
                found += [row[0] for row in database.execute(call).fetchall()]
                after = database.execute('SELECT "deletedAt", id FROM "Product" WHERE id = %s', (found[-1],)).fetchone()
            database.execute("DEALLOCATE found")
        assert len(set(found)) == 300


def test_an_act_a_tenant_and_a_hold_say_how_long(place, database):
    kept = trashed(database, 1, deletion=deletion(database, "5 days"))           # kept for longer
    early = trashed(database, 1, "2 days", deletion=deletion(database, "-1 minute"))  # for less
    running = trashed(database, 1, deletion=deletion(database, None))
    database.execute('UPDATE "Deletion" SET state = \'running\' WHERE id = (SELECT "deletionId" FROM "Product" WHERE id = %s)', running)
    held = trashed(database, 1)
    database.execute('INSERT INTO "LegalHold"("userId", kind, "itemId", reason) VALUES (1, \'product\', %s, \'a court\')', held)
    answer = clean(place)
    assert (answer["deleted"], answer["held"], answer["failed"]) == (1, 1, 0)
    assert left(database) == {*kept, *running, *held} and not {*early} & left(database)
    database.execute('DELETE FROM "LegalHold"')
    database.execute('INSERT INTO "TrashPolicy"("userId", "retentionDays") VALUES (1, 41)')
    assert clean(place)["deleted"] == 0, "the tenant keeps things for 41 days"
    database.execute('UPDATE "TrashPolicy" SET "retentionDays" = 39')
    assert clean(place)["deleted"] == 1


def test_variants_stay_that_were_not_deleted_with_their_parent(place, database):
    """traps 21: a living variant of a purged parent becomes a product of its own."""
    [parent] = trashed(database)
    variant = database.execute('''INSERT INTO "Product"(name, sku, "userId", "updatedAt", "parentProductId", "detachedBy")
        VALUES ('V', 'V-1', 1, now(), %s, 0) RETURNING id''', (parent,)).fetchone()[0]
    assert clean(place)["deleted"] == 1
    assert database.execute('SELECT "parentProductId", "isDeleted" FROM "Product" WHERE id = %s', (variant,)).fetchone() == (None, False)


def test_what_cannot_be_purged_is_reported_and_tried_again(place, database):
    """One item of 2,500 that a table from outside refers to: the rest go."""
    ids = trashed(database, 2500)
    stuck = ids[1234]
    database.execute('CREATE TABLE elsewhere(product INTEGER REFERENCES "Product"(id))')
    try:
        database.execute("INSERT INTO elsewhere VALUES (%s)", (stuck,))
        answer = clean(place, expect=1)
        assert (answer["deleted"], answer["failed"]) == (2499, 1)
        assert left(database) == {stuck}
        status = json.loads(place.run("cleanup", "status", "--json", check=False).stdout)
        [failure] = status["firstFailures"]
        assert status["failures"] == 1 and failure["id"] == stuck and "elsewhere" in failure["trouble"] and failure["tries"] == 1
        assert "elsewhere" in place.run("cleanup", "status", check=False).stdout
        assert clean(place)["failed"] == 0, "not before its time"
        for tries in (2, 3):
            database.execute('UPDATE "CleanupFailure" SET "nextTryAt" = now()')
            assert clean(place, expect=1)["failed"] == 1
            assert database.execute('SELECT tries, "nextTryAt" - now() > %s::interval FROM "CleanupFailure"',
                                    (f"{tries - 1} hours",)).fetchone() == (tries, True)
        database.execute("DROP TABLE elsewhere")
        database.execute('UPDATE "CleanupFailure" SET "nextTryAt" = now()')
        assert clean(place)["deleted"] == 1
        assert database.execute('SELECT count(*) FROM "CleanupFailure"').fetchone()[0] == 0
    finally:
        database.execute("DROP TABLE IF EXISTS elsewhere")


def test_a_purge_and_a_restore_pass_each_other(place, database):
    """acceptance 18: who was told that it is back has it for ever. What somebody has in hands stays for the next time."""
    ids = trashed(database, 300)
    with place.connect() as restorer:
        restorer.autocommit = False
        restorer.execute('UPDATE "Product" SET "isDeleted" = false, "deletedAt" = NULL WHERE id = ANY(%s)', (ids[100:200],))
        answer = clean(place)
        assert answer["deleted"] == 200, "nobody is waited for"
        restorer.commit()
    assert database.execute('SELECT count(*) FROM "Product" WHERE NOT "isDeleted" AND id = ANY(%s)', (ids[100:200],)).fetchone()[0] == 100
    assert clean(place)["deleted"] == 0


def test_a_thing_that_is_being_kept_is_kept(place, database):
    """Somebody prolongs an act at the very moment of the cleanup: the answer to them holds."""
    act = deletion(database)
    ids = trashed(database, 10, deletion=act)
    with place.connect() as keeper:
        keeper.autocommit = False
        keeper.execute('UPDATE "Deletion" SET "purgeAfter" = now() + interval \'9 days\' WHERE id = %s', (act,))
        assert clean(place)["deleted"] == 0
        keeper.commit()
    assert clean(place)["deleted"] == 0 and left(database) == set(ids)


def test_the_preview_says_what_will_go(place, database):
    trashed(database, 3, "25 days")
    trashed(database, 2, "20 days")
    answer = json.loads(place.run("cleanup", "preview", "--days", "7", "--json").stdout)
    assert answer["rows"] == 3 and [(t["email"], t["kind"], t["rows"]) for t in answer["tenants"]] == [("owner@shop.example", "product", 3)]
    assert json.loads(place.run("cleanup", "preview", "--days", "11", "--json").stdout)["rows"] == 5
    assert "3 rows" in place.run("cleanup", "preview").stdout


def test_only_one_cleans_at_a_time_and_a_run_can_be_ended(place, database):
    """D-39: jobs ran in every process."""
    trashed(database, 8000)
    running = subprocess.Popen([str(PROGRAM), "cleanup", "run", "--json"], env=place.environment, stdout=subprocess.PIPE, text=True)
    run = wait_until(lambda: (database.execute('SELECT id FROM "CleanupRun" WHERE state = \'running\' AND purged > 0').fetchone() or [0])[0],
                     30, "the run to begin", 0.002)
    second = place.run("cleanup", "run", check=False)
    assert second.returncode == 1 and "under way" in second.stderr
    place.run("cleanup", "cancel", str(run))
    answer = json.loads(running.communicate(timeout=60)[0])
    assert answer["state"] == "cancelled" and 0 < answer["deleted"] < 8000 and running.returncode == 1
    assert len(left(database)) == 8000 - answer["deleted"]
    assert place.run("cleanup", "cancel", str(run), check=False).returncode == 1


def test_a_run_that_was_killed_is_gone_on_with(place, database):
    """D-39: a crash left a job half-way for ever."""
    ids = trashed(database, 6000)
    running = subprocess.Popen([str(PROGRAM), "cleanup", "run", "--json"], env=place.environment, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(left(database)) < 6000, 30, "the first rows to be gone", 0.002)
    running.kill()
    running.wait()
    rest = len(left(database))
    assert 0 < rest < 6000, "it was killed half-way"
    wait_until(lambda: not database.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchall(), 30, "the lock to be free")
    assert clean(place)["deleted"] <= rest, "a batch that was under way may have ended meanwhile"
    assert left(database) == set()
    assert database.execute('SELECT count(*), count(DISTINCT "itemId") FROM "PurgedItem" WHERE kind = \'product\' AND "itemId" = ANY(%s)',
                            (ids,)).fetchone() == (6000, 6000), "each of them once"
    assert database.execute('SELECT count(*) FROM "CleanupRun" WHERE "finishedAt" IS NULL').fetchone()[0] == 0


def test_the_function_for_a_host_that_starts_functions_by_the_clock(place, database, monkeypatch, tmp_path):
    """deploy/serverless/handler.py as such a host calls it: the answer has the form that it always had."""
    specification = importlib.util.spec_from_file_location("handler", REPOSITORY / "deploy/serverless/handler.py")
    monkeypatch.setenv("PIXELPIM_PROGRAM", str(PROGRAM))
    monkeypatch.setenv("DATABASE_URL", place.database_url)
    function = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(function)
    trashed(database, 3)
    answer = function.handler({"source": "aws.events"}, None)
    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["deleted"], body["failed"]) == (200, 3, 0) and body["date"].startswith("20")
    assert not left(database)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@/nothing?host={tmp_path}")
    answer = function.handler({}, None)
    assert answer["statusCode"] == 500 and json.loads(answer["body"])["error"]["message"]


def test_wrong_settings_are_refused(place):
    for name, value, said in (("CLEANUP_SCHEDULE", "0 25 * * *", "hour"), ("CLEANUP_SCHEDULE", "0 2 * *", "five parts")):
        service = Service(environment={name: value})
        done = service.run("cleanup", "status", check=False)
        assert done.returncode == 1 and said in done.stderr and name in done.stderr
        service.remove()


# --- the clock --------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def faked():
    clock = FakedClock("2026-03-28T12:00:00")
    clock.program().run("user", "add", "o@shop.example", "--password-stdin", stdin="correct horse battery staple\n")
    yield clock
    clock.remove()


@pytest.fixture
def clock(faked):
    """No server, nothing in the trash, and nobody has seen the clock."""
    yield faked
    for server in faked.servers:
        server.remove()
    faked.servers.clear()
    with faked.connect() as connection:
        for table in ("CleanupRun", "ClockSeen", "RetentionMail", "Mail", "Product", "Deletion"):
            connection.execute(f'DELETE FROM "{table}"')


def begin(clock, at: str, servers: int = 1, **environment) -> list:
    """Servers that run since `at`, and have noted that they do."""
    clock.set(at)
    started = [clock.serve(**NIGHT, **environment) for _ in range(servers)]
    wait_until(lambda: clock.fetch('SELECT 1 FROM "CleanupRun"'), 30, "the first look at the schedule")
    return started


def wait_until_seen(clock, at: str):
    """A server has looked at the clock, and found nothing wrong with it, when it was that late."""
    wait_until(lambda: clock.fetch('SELECT 1 FROM "ClockSeen" WHERE "at" >= %s', utc(at)), 30, f"a server to see that it is {at}")


def runs(clock, *columns) -> list[tuple]:
    return clock.fetch(f'''SELECT {", ".join(f'"{c}"' for c in columns)} FROM "CleanupRun" WHERE state <> 'skipped' ORDER BY id''')


def test_acceptance_19_three_servers_and_both_nights_of_daylight_saving(clock):
    """The night in which there is no 02:00, and the one that has it twice: one run each, by whichever server; a clock that
    jumped stops everything until somebody says that it is right."""
    servers = begin(clock, "2026-03-28T12:00:00", 3)
    assert runs(clock, "slot") == [], "what was before there was a schedule is not made up for"

    # The clock goes ahead by half a day: that is no time that has passed.
    clock.set("2026-03-29T00:59:58")
    wait_until(lambda: runs(clock, "state") == [("stopped",)], 30, "the jump to be found")
    with clock.connect() as connection:
        trashed(connection, 5, "40 days")
    time.sleep(4)
    assert runs(clock, "state") == [("stopped",)] and clock.fetch('SELECT count(*) FROM "Product"')[0][0] == 5
    refused = clock.program(**NIGHT).run("cleanup", "run", "--json", check=False)
    assert refused.returncode == 1 and "jumped ahead" in refused.stdout and "--accept-clock" in refused.stdout

    # 01:59:57 in Berlin, and then 03:00:00.
    slots = lambda: [str(slot) for [slot] in runs(clock, "slot") if slot]
    clock.set("2026-03-29T00:59:57")
    assert json.loads(clock.program(**NIGHT).run("cleanup", "run", "--accept-clock", "--json").stdout)["deleted"] == 5
    wait_until(slots, 30, "the run of the night")
    assert slots() == ["2026-03-29 02:00:00"]

    # The autumn: 02:00 of summer time. (The last of the nights that nobody saw is made up for.)
    clock.set("2026-10-24T23:59:57")
    clock.program(**NIGHT).run("cleanup", "run", "--accept-clock")
    twice = ["2026-03-29 02:00:00", "2026-10-24 02:00:00", "2026-10-25 02:00:00"]
    wait_until(lambda: slots() == twice, 30, "the run of the second night")
    # An hour later it is 02:00 again.
    clock.set("2026-10-25T00:59:57")
    clock.program(**NIGHT).run("cleanup", "run", "--accept-clock")
    wait_until_seen(clock, "2026-10-25T01:00:03")
    assert slots() == twice, "once a night"
    assert clock.fetch("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted") == [(1,)], "one of them leads"
    for server in servers:
        server.stop()


def test_acceptance_19_a_clock_that_went_back_or_that_nobody_vouches_for(clock):
    clock.set("2026-10-25T01:30:00")
    program = clock.program(**NIGHT)

    def refusal() -> str:
        return json.loads(program.run("cleanup", "run", "--json", check=False).stdout).get("error", {}).get("message", "")

    program.run("cleanup", "run", "--accept-clock")
    for at, said in (("2025-10-25T00:00:00", "went back"), ("2026-12-04T00:00:00", "jumped ahead")):
        clock.set(at)
        assert said in refusal()
    # Another machine, or another boot of it, can't say how much time has passed: a week is believed.
    with clock.connect() as connection:
        connection.execute('UPDATE "ClockSeen" SET "bootId" = \'another\'')
    assert "nothing vouches" in refusal()
    clock.set("2026-10-28T02:30:00")
    assert refusal() == "", "three days of an outage"


def test_acceptance_20_three_days_without_a_server_are_made_up_for_once(clock):
    begin(clock, "2026-10-28T12:00:00")[0].stop()
    with clock.connect() as connection:
        connection.execute('UPDATE "ClockSeen" SET "bootId" = \'another\'')
        ids = trashed(connection, 50, "40 days")
    before = len(runs(clock, "id"))
    clock.set("2026-10-31T12:00:00")
    first, second = clock.serve(**NIGHT), clock.serve(**NIGHT)
    wait_until(lambda: len(runs(clock, "id")) > before and not clock.fetch('SELECT 1 FROM "CleanupRun" WHERE "finishedAt" IS NULL'), 30,
               "the run that was missed")
    time.sleep(3)
    assert [(str(slot), purged) for slot, purged in runs(clock, "slot", "purged")[before:]] == [("2026-10-31 02:00:00", len(ids))]
    first.stop()
    second.stop()


def test_the_leader_is_killed_half_way_and_another_goes_on(clock, tmp_path):
    """kill -9 of whoever cleans, and of whoever removes files: the same run ends with another server, nothing is purged twice, nothing
    is left behind, and no file goes before its row."""
    servers = {server.program.process.pid: server for server in begin(clock, "2026-11-01T00:30:00", 2, PIXELPIM_ASSETS=str(tmp_path))}
    owner = Api(clock.servers[0].program, log_in(clock.servers[0].program, "o@shop.example", "correct horse battery staple"))
    for pack in range(8):
        owner.request("POST", "/assets/upload", 201, files=[("file", (f"{pack}-{n}.txt", f"{pack} {n}".encode())) for n in range(20)])
    files = {path.name: path for path in tmp_path.rglob("*") if path.is_file()}
    with clock.connect() as connection:
        ids = trashed(connection, 12_000, "50 days")
        connection.execute("""UPDATE "Asset" SET "isDeleted" = true, "deletedAt" = (now() AT TIME ZONE 'UTC') - interval '50 days'""")
        keys = dict(connection.execute('SELECT c.key, a.id FROM "Asset" a JOIN "StoredContent" c ON c.hash = a."contentHash"').fetchall())
    assert len(files) == len(keys) == 160 and files.keys() == keys.keys()

    def missing() -> set[str]:
        """The files that are gone; none of them is one of a row that there is."""
        gone = {name for name, path in files.items() if not path.exists()}
        assert clock.fetch('SELECT id FROM "Asset" WHERE id = ANY(%s)', [keys[name] for name in gone]) == []
        return gone

    clock.set("2026-11-01T00:59:57")
    left_now = lambda: clock.fetch('SELECT count(*) FROM "Product"')[0][0]
    wait_until(lambda: left_now() < 12_000, 30, "the first rows to be gone", 0.002)
    [[by]] = clock.fetch('SELECT "startedBy" FROM "CleanupRun" ORDER BY id DESC LIMIT 1')
    leader = servers.pop(int(re.search(r"process (\d+)", by)[1]))
    leader.kill()
    assert left_now() > 0, "it was killed half-way"
    wait_until(missing, 60, "the first files to be gone", 0.01)
    [remover] = servers.values()
    remover.kill()
    assert len(missing()) < 160, "it was killed half-way"
    last = clock.serve(**NIGHT, PIXELPIM_ASSETS=str(tmp_path))
    wait_until(lambda: not clock.fetch('SELECT 1 FROM "CleanupRun" WHERE "finishedAt" IS NULL'), 60, "the run to end")
    wait_until(lambda: len(missing()) == 160 and not clock.fetch('SELECT 1 FROM "FileRemoval"'), 60, "the files to be gone", 0.2)
    assert left_now() == 0 and clock.fetch('SELECT count(*) FROM "Asset"') == [(0,)] and clock.fetch('SELECT 1 FROM "StoredContent"') == []
    assert not files_below(tmp_path)
    [[state, purged, after]] = clock.fetch('SELECT state, purged, "startedBy" FROM "CleanupRun" ORDER BY id DESC LIMIT 1')
    assert (state, purged) == ("done", 12_160) and after != by
    for kind, each in (("product", ids), ("asset", list(keys.values()))):
        counted = clock.fetch('SELECT count(*), count(DISTINCT "itemId") FROM "PurgedItem" WHERE kind = %s AND "itemId" = ANY(%s)', kind, each)
        assert counted == [(len(each), len(each))], kind
    last.stop()


# --- the weekly mail --------------------------------------------------------------------------------------------------------

class Letters:
    def __init__(self):
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


def test_three_servers_send_one_mail_a_week(clock):
    """From the first week on: who begins on a Sunday is told at once what goes within the week, and again on Monday at eight."""
    with clock.connect() as connection:
        clock.set("2026-11-08T20:00:00")
        trashed(connection, 3, "25 days")
    with receiving_mails(Letters()) as letters:
        mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(letters.port), "SMTP_SECURITY": "none", "SMTP_FROM": "pim@example.com"}
        begin(clock, "2026-11-08T20:00:00", 3, **mail)
        subjects = lambda: [(to, str(letter["Subject"])) for to, letter in letters.got]
        until = lambda day: ("o@shop.example", f"What your trash will lose until {day}")
        wait_until(subjects, 30, "the mail of the week in which it began")
        wait_until(lambda: clock.fetch('SELECT 1 FROM "RetentionMail" WHERE "userId" IS NULL'), 30, "all to be told")
        # 07:59:58 in Berlin.
        clock.set("2026-11-09T06:59:58")
        clock.program(**NIGHT).run("cleanup", "run", "--accept-clock")
        wait_until(lambda: len(subjects()) > 1, 40, "the mail of Monday")
        wait_until(lambda: len(clock.fetch('SELECT 1 FROM "RetentionMail" WHERE "userId" IS NULL')) == 2, 30, "all to be told again")
        time.sleep(3)  # for a second one of another server
        assert subjects() == [until("2026-11-15"), until("2026-11-16")]
