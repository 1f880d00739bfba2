"""`pixelpim migrate`: what it prints, what it leaves behind when something fails, two at once; and the way back of
every migration."""

import hashlib
import json
import subprocess

import psycopg
import pytest

from databases import MIGRATIONS, TRASH, Database
from service import PROGRAM, wait_until

NAMES = [folder.name for folder in MIGRATIONS]
DONE = "All migrations have been successfully applied."
NOTHING = "No pending migrations to apply."


@pytest.fixture
def empty() -> Database:
    return Database()


@pytest.fixture
def folder(tmp_path):
    """Migrations of a test's own: name → migration.sql."""
    def make(**files):
        for name, text in files.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "migration.sql").write_text(text)
        return tmp_path

    return make


def states(database: Database, *arguments) -> dict[str, str]:
    report = json.loads(database.run("migrate", "status", "--json", *arguments, check=False).stdout)
    return {entry["name"]: entry["state"] for entry in report["migrations"]}


def ledger(database: Database) -> list[tuple]:
    return database.fetch('''SELECT migration_name, finished_at IS NOT NULL, coalesce(logs, '') FROM "_pixelpim_migrations"
                             ORDER BY started_at, migration_name''')


def tables(database: Database) -> set[str]:
    return {name for name, in database.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                                             "AND relkind IN ('r', 'p')")}


# --- deploy and status --------------------------------------------------------------------------------------------------

def test_deploy_prints_what_the_deployment_guide_shows(empty):
    done = empty.run("migrate", "deploy")
    printed = [line for line in done.stdout.splitlines() if line]
    expected = ["The following migration(s) have been applied:", "migrations/"]
    for name in NAMES:
        expected += [f"  └─ {name}/", "    └─ migration.sql"]
    assert printed == expected + [DONE]
    assert "20251119045739_add_soft_delete_fields" in NAMES
    again = empty.run("migrate", "deploy")
    assert (again.returncode, again.stdout.strip()) == (0, NOTHING)
    assert [(name, finished) for name, finished, _ in ledger(empty)] == [(name, True) for name in NAMES]


def test_deploy_prints_json_for_scripts(empty):
    assert json.loads(empty.run("migrate", "deploy", "--json").stdout) == {"applied": NAMES}
    assert json.loads(empty.run("migrate", "deploy", "--json").stdout) == {"applied": []}


def test_status_before_and_after(empty):
    before = empty.run("migrate", "status", check=False)
    assert before.returncode == 1 and "migrate deploy" in before.stdout
    assert all(f"pending  {name}" in before.stdout for name in NAMES)
    assert tables(empty) == set(), "looking changes nothing, not even the ledger is made"
    report = json.loads(empty.run("migrate", "status", "--json", check=False).stdout)
    assert report["upToDate"] is False and {entry["state"] for entry in report["migrations"]} == {"pending"}

    empty.run("migrate", "deploy")
    after = empty.run("migrate", "status")
    assert "Database schema is up to date!" in after.stdout and f"{len(NAMES)} migrations found" in after.stdout
    report = json.loads(empty.run("migrate", "status", "--json").stdout)
    assert report["upToDate"] is True
    assert [(entry["name"], entry["state"], entry["logs"]) for entry in report["migrations"]] == [
        (name, "applied", "") for name in NAMES]
    assert all(entry["finishedAt"].endswith("Z") for entry in report["migrations"])


def test_the_ledger_has_the_checksums_of_the_files(empty):
    empty.run("migrate", "deploy")
    kept = empty.fetch('SELECT migration_name, checksum, applied_steps_count, rolled_back_at FROM "_pixelpim_migrations"')
    assert set(kept) == {(folder.name, hashlib.sha256((folder / "migration.sql").read_bytes()).hexdigest(), 1, None)
                         for folder in MIGRATIONS}


def test_a_database_that_stopped_half_way_goes_on_from_there(empty, tmp_path):
    for migration in MIGRATIONS[:2]:
        (tmp_path / migration.name).symlink_to(migration)
    empty.run("migrate", "deploy", "--migrations", tmp_path)
    assert list(states(empty).values()) == ["applied"] * 2 + ["pending"] * (len(NAMES) - 2)
    assert json.loads(empty.run("migrate", "deploy", "--json").stdout) == {"applied": NAMES[2:]}
    assert empty.run("migrate", "status").returncode == 0


# --- what goes wrong ----------------------------------------------------------------------------------------------------

def test_a_failing_migration_is_recorded_and_leaves_nothing_behind(empty, folder):
    path = folder(**{"1_good": "CREATE TABLE good ();",
                     "2_bad": "CREATE TABLE half (); INSERT INTO good DEFAULT VALUES; SELECT 1/0; CREATE TABLE rest ();",
                     "3_later": "CREATE TABLE later ();"})
    done = empty.run("migrate", "deploy", "--migrations", path, check=False)
    assert done.returncode == 1
    assert "2_bad" in done.stderr and "division by zero" in done.stderr and "next: " in done.stderr
    assert tables(empty) == {"good", "_pixelpim_migrations"}
    assert empty.fetch("SELECT count(*) FROM good") == [(0,)]
    (good, finished, _), (bad, failed, logs) = ledger(empty)
    assert (good, finished, bad, failed) == ("1_good", True, "2_bad", False) and "division by zero" in logs

    status = empty.run("migrate", "status", "--migrations", path, check=False)
    assert status.returncode == 1 and "failed   2_bad" in status.stdout and "division by zero" in status.stdout
    assert states(empty, "--migrations", path) == {"1_good": "applied", "2_bad": "failed", "3_later": "pending"}

    folder(**{"2_bad": "CREATE TABLE half ();"})  # the cause is removed
    again = empty.run("migrate", "deploy", "--migrations", path)
    assert "division by zero" in again.stderr, "it says what failed before"
    assert tables(empty) == {"good", "half", "later", "_pixelpim_migrations"}
    assert states(empty, "--migrations", path) == {"1_good": "applied", "2_bad": "applied", "3_later": "applied"}
    assert len(ledger(empty)) == 4, "the failure stays in the ledger"


def test_a_failure_is_json_for_scripts(empty, folder):
    done = empty.run("migrate", "deploy", "--json", "--migrations", folder(**{"1_bad": "SELECT 1/0"}), check=False)
    error = json.loads(done.stdout)["error"]
    assert done.returncode == 1 and "1_bad" in error["message"] and error["remedy"]


def test_a_migration_that_was_changed_after_it_was_applied_is_found(empty, folder):
    path = folder(**{"1_one": "CREATE TABLE one ();"})
    empty.run("migrate", "deploy", "--migrations", path)
    folder(**{"1_one": "CREATE TABLE one (id int);", "2_two": "CREATE TABLE two ();"})
    assert states(empty, "--migrations", path) == {"1_one": "changed", "2_two": "pending"}
    done = empty.run("migrate", "deploy", "--migrations", path, check=False)
    assert done.returncode == 1 and "1_one was changed" in done.stderr and "next: " in done.stderr
    assert "two" not in tables(empty)


def test_a_folder_without_migrations_is_no_success(empty, tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        for command in ("deploy", "status"):
            done = empty.run("migrate", command, "--migrations", path, check=False)
            assert done.returncode == 1 and str(path) in done.stderr and "--migrations" in done.stderr


@pytest.mark.parametrize("theirs", ['CREATE TABLE "_prisma_migrations" (id text)', 'CREATE TABLE "User" (id int)'])
def test_a_database_of_another_program_is_left_alone(empty, theirs):
    empty.script(theirs)
    before = empty.dump()
    done = empty.run("migrate", "deploy", check=False)
    assert done.returncode == 1 and "another program" in done.stderr and "next: " in done.stderr
    assert empty.dump() == before


def test_a_database_that_is_away_is_named(empty):
    empty.program._environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    done = empty.run("migrate", "status", check=False)
    assert done.returncode == 1 and "DATABASE_URL" in done.stderr and "127.0.0.1" in done.stderr


# --- two at once ----------------------------------------------------------------------------------------------------------

def start(database: Database, *arguments) -> subprocess.Popen:
    return subprocess.Popen([str(PROGRAM), "migrate", "deploy", *map(str, arguments)], env=database.program.environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_deploys_at_once_end_well_and_one_waits(empty, folder):
    path = folder(**{"1_slow": "SELECT pg_advisory_xact_lock(1); CREATE TABLE slow ();", "2_more": "CREATE TABLE more ();"})
    with empty.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(1)")
        first = start(empty, "--migrations", path)
        wait_until(lambda: empty.fetch("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND NOT granted"), 30, "the first to be at work")
        second = start(empty, "--migrations", path)
        said = second.stderr.readline()
        assert "Another program is migrating this database" in said and "pixelpim, pid " in said
    (did, _), (waited, _) = (process.communicate(timeout=60) for process in (first, second))
    assert (first.returncode, second.returncode) == (0, 0)
    assert waited.strip() == NOTHING and DONE in did
    assert len(ledger(empty)) == 2


def test_five_deploys_of_the_real_ones_at_once(empty):
    outputs = []
    for process in [start(empty, "--json") for _ in range(5)]:
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        outputs.append(json.loads(out)["applied"])
    assert sorted(outputs) == [[]] * 4 + [NAMES]
    assert [(name, finished) for name, finished, _ in ledger(empty)] == [(name, True) for name in NAMES]


def test_the_lock_of_the_replaced_services_tool_is_waited_for(empty):
    """72707369 is what its `migrate deploy` holds."""
    with empty.connect() as theirs:
        theirs.execute("SET application_name = 'the old tool'")
        theirs.execute("SELECT pg_advisory_lock(72707369)")
        process = start(empty)
        try:
            assert "the old tool, pid " in process.stderr.readline()
            assert process.poll() is None and tables(empty) == set()
            theirs.execute("SELECT pg_advisory_unlock(72707369)")
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0 and DONE in out


def test_a_killed_deploy_leaves_nothing_half_done_and_the_next_one_goes_on(empty, folder):
    path = folder(**{"1_one": "CREATE TABLE one ();", "2_slow": "CREATE TABLE half (); SELECT pg_sleep(30);"})
    process = start(empty, "--migrations", path)
    wait_until(lambda: empty.fetch("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' "
                                   "AND datname = current_database()"), 30, "the slow migration to run")
    process.kill()
    process.communicate()
    # PostgreSQL notices only when it has something to say to the client that is gone.
    empty.fetch("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    assert tables(empty) == {"one", "_pixelpim_migrations"}
    folder(**{"2_slow": "CREATE TABLE whole ();"})
    assert json.loads(empty.run("migrate", "deploy", "--json", "--migrations", path).stdout) == {"applied": ["2_slow"]}


def test_a_table_in_use_is_waited_for_shortly_and_again(empty, folder):
    path = folder(**{"1_one": "CREATE TABLE one ();"})
    empty.run("migrate", "deploy", "--migrations", path)
    folder(**{"2_alter": "ALTER TABLE one ADD COLUMN name text;"})
    with empty.connect(autocommit=False) as reader:
        reader.execute("SET application_name = 'a long report'")
        reader.execute("SELECT * FROM one")
        process = start(empty, "--migrations", path)
        line = process.stderr.readline()  # comes when it has given up for the first time
        assert "2_alter waits for a table" in line and "a long report, pid " in line
        assert process.poll() is None
        # Between two attempts nobody queues behind the migration.
        with empty.connect() as other:
            other.execute("SET statement_timeout = '10s'")
            other.execute("SELECT * FROM one")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and DONE in out


# --- the way back -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("migration", MIGRATIONS, ids=NAMES)
def test_down_undoes_up_exactly_and_up_works_again(migration):
    database = Database()
    for earlier in MIGRATIONS[:MIGRATIONS.index(migration)]:
        database.up(earlier)
    before = database.dump()
    database.up(migration)
    after = database.dump()
    assert after != before
    database.down(migration)
    assert database.dump() == before
    database.up(migration)
    assert database.dump() == after


def test_all_the_way_down_leaves_an_empty_database():
    database = Database()
    for migration in MIGRATIONS:
        database.up(migration)
    for migration in reversed(MIGRATIONS):
        database.down(migration)
    assert database.dump() == Database().dump()


ROWS = """
INSERT INTO "User"(email) VALUES ('anna@shop.example'), ('bert@shop.example');
INSERT INTO "Attribute"(name, type, "userId", "updatedAt") VALUES ('Colour', 'STRING', 1, now()), ('Size', 'STRING', 1, now());
INSERT INTO "AttributeGroup"(name, "userId", "updatedAt") VALUES ('Basics', 1, now());
INSERT INTO "AttributeGroupAttribute"("attributeId", "attributeGroupId") VALUES (1, 1);
INSERT INTO "Family"(name, "userId", "updatedAt") VALUES ('Shirts', 1, now());
INSERT INTO "FamilyAttribute"("familyId", "attributeId", "isRequired") VALUES (1, 1, true);
INSERT INTO "Category"(name, "userId", "updatedAt") VALUES ('Clothes', 1, now());
INSERT INTO "Category"(name, "parentCategoryId", "userId", "updatedAt") VALUES ('Shirts', 1, 1, now());
INSERT INTO "AssetGroup"("groupName", "userId", "updatedAt") VALUES ('Photos', 1, now());
INSERT INTO "Asset"(name, "fileName", "filePath", "mimeType", size, "userId", "assetGroupId", "updatedAt")
    VALUES ('front', 'f.png', '/uploads/f.png', 'image/png', 12, 1, 1, now()),
           ('loose', 'l.png', '/uploads/l.png', 'image/png', 12, 1, NULL, now());
INSERT INTO "Product"(name, sku, status, "userId", "categoryId", "familyId", "parentProductId", "updatedAt") VALUES
    ('Shirt', 'S', 'complete', 1, 2, 1, NULL, now()), ('Shirt, red', 'S-R', 'complete', 1, 2, 1, 1, now()),
    ('Gone parent', 'G', 'incomplete', 1, NULL, NULL, NULL, now()),
    ('Left variant', 'G-1', 'incomplete', 1, NULL, NULL, 3, now()),
    ('Other', 'S', 'incomplete', 2, NULL, NULL, NULL, now());
INSERT INTO "ProductAttribute"("productId", "attributeId", value, "familyAttributeId")
    VALUES (1, 1, 'blue', 1), (2, 1, 'red', 1), (1, 2, 'XL', NULL);
INSERT INTO "ProductAsset"("productId", "assetId") VALUES (1, 1);
UPDATE "Product" SET "isDeleted" = true, "deletedAt" = '2026-01-02' WHERE sku = 'G';
UPDATE "Asset" SET "isDeleted" = true, "deletedAt" = '2026-01-02' WHERE name = 'loose';
"""


def contents(database: Database, only: dict[str, set] | None = None) -> dict[str, set]:
    """All rows as JSON; with `only`, in the tables and columns of that."""
    found = {}
    with database.connect() as connection:
        for table in sorted(tables(database)):
            if table.startswith("AuditEvent") or only is not None and table not in only:
                continue
            rows = [row for row, in connection.execute(f'SELECT to_jsonb(t) FROM "{table}" t')]
            kept = set().union(*(json.loads(row) for row in only[table])) if only is not None and only[table] else None
            found[table] = {json.dumps({k: v for k, v in row.items() if kept is None or k in kept}, sort_keys=True)
                            for row in rows}
    return found


@pytest.fixture
def with_rows() -> tuple[Database, dict]:
    """A database from before the trash, with rows, and what is in it."""
    database = Database()
    for migration in MIGRATIONS[:MIGRATIONS.index(TRASH)]:
        database.up(migration)
    database.script(ROWS)
    return database, contents(database)


def test_rows_go_up_down_and_up_unharmed(with_rows):
    database, before = with_rows
    assert sum(map(len, before.values())) > 20
    database.up(TRASH)
    assert contents(database, before) == before
    detached = database.fetch('SELECT sku FROM "Product" WHERE "detachedBy" IS NOT NULL')
    assert detached == [("G-1",)], "a living variant of a trashed parent stands alone"
    totals = database.fetch('SELECT "userId", kind, sum(rows)::int FROM "ListTotal" GROUP BY 1, 2 ORDER BY 1, 2')
    assert totals == [(1, "product", 2), (1, "product.trash", 1), (2, "product", 1)]
    first = contents(database)
    database.down(TRASH)
    assert contents(database) == before
    database.up(TRASH)
    assert contents(database) == first


def test_down_after_use_keeps_every_row_that_was_there_before_the_trash(with_rows):
    database, _ = with_rows
    database.up(TRASH)
    database.script("""
        INSERT INTO "Deletion"("userId", kind, "itemCount") VALUES (1, 'product', 1);
        UPDATE "Product" SET "isDeleted" = true, "deletedAt" = now(), "deletionId" = 1 WHERE sku = 'S';
        INSERT INTO "ProductCategory" VALUES (2, 1, 2);
        INSERT INTO "AuditEvent"("userId", action, entity) VALUES (1, 'product.delete', 'product');""")
    with_trash = database.fetch('SELECT id, sku, name, "isDeleted", "deletedAt", "parentProductId" FROM "Product" ORDER BY 1')
    database.down(TRASH)
    assert database.fetch(
        'SELECT id, sku, name, "isDeleted", "deletedAt", "parentProductId" FROM "Product" ORDER BY 1') == with_trash
    database.up(TRASH)
    assert database.fetch('SELECT sku FROM "Product" WHERE "detachedBy" IS NOT NULL ORDER BY 1') == [("G-1",), ("S-R",)]


def test_down_stops_with_nothing_changed_where_a_sku_was_taken_again(with_rows):
    """The old unique indexes count trashed rows too."""
    database, _ = with_rows
    database.up(TRASH)
    database.script("""INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('A new one', 'G', 1, now())""")
    before, rows = database.dump(), contents(database)
    with pytest.raises(psycopg.errors.UniqueViolation, match="Product_sku_userId_key"):
        database.down(TRASH)
    assert database.dump() == before and contents(database) == rows


def test_up_stops_with_nothing_changed_where_living_rows_break_the_new_rules(with_rows):
    """The replaced service could make two root categories of one name: NULLs are distinct in its index."""
    database, _ = with_rows
    database.script("""INSERT INTO "Category"(name, "userId", "updatedAt") VALUES ('Clothes', 1, now())""")
    before, rows = database.dump(), contents(database)
    with pytest.raises(psycopg.errors.UniqueViolation, match="Category_userId_parent_name_live_key"):
        database.up(TRASH)
    assert database.dump() == before and contents(database) == rows
