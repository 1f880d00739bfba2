"""What operators do: migrations in steps, the way back, the linter, the indexes, the doctor; each of it stopped, killed, and
without the rights for it. And every command of the pages migrate.md and backup.md in docs/operations."""

import json
import os
import random
import re
import subprocess
import threading
import time

import httpx
import pytest

from databases import MIGRATIONS, Database, scratch_cluster
from service import PROGRAM, REPOSITORY, Service, wait_until
from tenants import new_tenant
from test_adoption import columns_of, old_database, rows_of

KILLS = int(os.environ.get("PIXELPIM_DEPLOY_KILLS", "4"))
ROWS = int(os.environ.get("PIXELPIM_LIVE_ROWS", "20000"))
NAMES = [folder.name for folder in MIGRATIONS]


def folder_of(path, **files):
    """Migrations of a test's own: name → migration.sql, or (migration.sql, down.sql)."""
    for name, texts in files.items():
        up, down = texts if isinstance(texts, tuple) else (texts, "")
        (path / name).mkdir(exist_ok=True)
        (path / name / "migration.sql").write_text(up)
        if down:
            (path / name / "down.sql").write_text(down)
    return path


@pytest.fixture(scope="module")
def migrated() -> Database:
    database = Database()
    database.run("migrate", "deploy")
    database.script("""INSERT INTO "User"(email) VALUES ('anna@shop.example'), ('bert@shop.example');
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT 'P' || n, 'S' || n, 1, now() FROM generate_series(1, 300) n;
        INSERT INTO "AssetGroup"("groupName", "userId", "updatedAt") VALUES ('Photos', 1, now())""")
    return database


def as_json(database: Database, *arguments, code: int = 0) -> dict:
    done = database.run(*arguments, "--json", check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


# --- migrations in steps ------------------------------------------------------------------------------------------------------

STEPS = """-- steps
ALTER TABLE big ADD COLUMN filled boolean;
-- repeat
UPDATE big SET filled = true WHERE id IN (SELECT id FROM big WHERE filled IS NULL LIMIT 100);
CREATE INDEX CONCURRENTLY big_name ON big (name); -- a ; in a comment
ALTER TABLE big ADD CONSTRAINT filled CHECK (filled IS NOT NULL) NOT VALID; ALTER TABLE big VALIDATE CONSTRAINT filled
"""


@pytest.fixture
def big(tmp_path):
    database = Database()
    path = folder_of(tmp_path, **{"1_big": "CREATE TABLE big (id int PRIMARY KEY, name text); INSERT INTO big SELECT n, 'n' || n FROM generate_series(1, 1050) n"})
    database.run("migrate", "deploy", "--migrations", path)
    return database, path


def test_steps_commit_one_by_one_and_batches_repeat(big):
    database, path = big
    folder_of(path, **{"2_steps": STEPS})
    assert as_json(database, "migrate", "deploy", "--migrations", path) == {"applied": ["2_steps"]}
    assert database.fetch("SELECT count(*) FROM big WHERE filled") == [(1050,)]
    assert database.fetch("SELECT count(DISTINCT xmin::text) FROM big") == [(11,)], "each batch is a transaction"
    assert database.fetch('''SELECT applied_steps_count, logs FROM "_pixelpim_migrations" WHERE migration_name = '2_steps' ''') == [(5, None)]
    assert database.fetch("SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_name'::regclass") == [(True,)]


def test_a_step_that_fails_leaves_the_others_done_and_an_invalid_index_is_built_again(big):
    database, path = big
    database.script("UPDATE big SET name = 'twice' WHERE id <= 2")
    folder_of(path, **{"2_steps": "-- steps\nCREATE TABLE first ();\nCREATE UNIQUE INDEX CONCURRENTLY big_name ON big (name);\nCREATE TABLE last ()"})
    done = database.run("migrate", "deploy", "--migrations", path, check=False)
    assert done.returncode == 1 and "twice" in done.stderr and "its steps before that are done" in done.stderr
    assert database.fetch("SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_name'::regclass") == [(False,)]
    assert "1 steps are done" in database.run("migrate", "status", "--migrations", path, check=False).stdout
    database.script("UPDATE big SET name = 'n' || id")
    assert as_json(database, "migrate", "deploy", "--migrations", path) == {"applied": ["2_steps"]}
    assert database.fetch("SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_name'::regclass") == [(True,)]
    assert database.fetch("SELECT to_regclass('first') IS NOT NULL, to_regclass('last') IS NOT NULL") == [(True, True)]


def test_acceptance_24_of_two_deployers_one_works_and_nobody_waits_behind_them(big):
    """acceptance 24: a table in use, an idle transaction elsewhere, two deployers, a lock_timeout of the database's own; others
    work on, with a limit that waiting behind a waiting ALTER would go beyond."""
    database, path = big
    folder_of(path, **{"2_busy": "ALTER TABLE big ADD COLUMN note text", "3_index": "-- steps\nCREATE INDEX CONCURRENTLY big_note ON big (note)"})
    database.script(f"CREATE TABLE elsewhere (); ALTER DATABASE {database.name} SET lock_timeout = '200ms'")

    def waits(query: str):
        return lambda: database.fetch(f"SELECT 1 FROM pg_stat_activity WHERE query LIKE '{query}%' AND wait_event_type = 'Lock' AND datname = current_database()")

    with database.connect(autocommit=False) as reader, database.connect(autocommit=False) as idle, database.connect() as others:
        others.execute("SET lock_timeout = '3s'")
        reader.execute("SELECT count(*) FROM big")
        idle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        idle.execute("SELECT count(*) FROM elsewhere")
        deployers = [start(database, "migrate", "deploy", "--migrations", path) for _ in range(2)]
        wait_until(waits("%ALTER TABLE big"), 30, "the ALTER to wait", pause=0.001)
        for _ in range(5):
            assert others.execute("SELECT count(*) FROM big").fetchone() == (1050,)
        reader.commit()
        wait_until(waits("CREATE INDEX CONC"), 30, "the index to wait for the old transaction")
        time.sleep(0.5)  # longer than the database's lock_timeout
        others.execute("UPDATE big SET note = 'x' WHERE id = 1")
        idle.commit()
    assert [deployer.wait(60) for deployer in deployers] == [0, 0]
    assert database.fetch('SELECT migration_name, count(*) FROM "_pixelpim_migrations" GROUP BY 1 ORDER BY 1') == [("1_big", 1), ("2_busy", 1), ("3_index", 1)]
    assert database.fetch("SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_note'::regclass") == [(True,)]


def doctor_findings(database: Database) -> list[dict]:
    return json.loads(database.run("doctor", "--json", check=False).stdout)["findings"]


# --- killed at any moment -----------------------------------------------------------------------------------------------------

def start(database: Database, *arguments) -> subprocess.Popen:
    return subprocess.Popen([str(PROGRAM), *map(str, arguments)], env=database.program.environment, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def test_a_deploy_killed_at_any_moment_is_ended_by_the_next(tmp_path):
    """Acceptance 24: the schema is that of a deploy that nobody touched, and no row is lost. (PIXELPIM_DEPLOY_KILLS: how often.)"""
    whole = old_database(1)
    whole.run("migrate", "baseline", "--confirm")
    began = time.monotonic()
    whole.run("migrate", "deploy")
    seconds = time.monotonic() - began
    wanted = whole.dump()
    at_work = 0
    for number in range(KILLS):
        database = old_database(1)
        database.run("migrate", "baseline", "--confirm")
        kills = 0
        while kills < 3:
            process = start(database, "migrate", "deploy")
            time.sleep(random.Random(number * 10 + kills).uniform(0, seconds))
            at_work += process.poll() is None
            process.kill()
            process.wait()
            kills += 1
        done = database.run("migrate", "deploy", check=False)
        assert done.returncode == 0, (number, done.stderr)
        assert database.dump() == wanted, number
        assert database.fetch('SELECT count(*) FROM "Product"') == [(8,)]
    print(f"\n{3 * KILLS} kills; {at_work} of a deploy that was still at work ({seconds:.1f} s)")


# --- the way back -------------------------------------------------------------------------------------------------------------

def test_revert_takes_the_last_one_back_and_deploy_brings_it_again(tmp_path):
    database = Database()
    path = folder_of(tmp_path, **{"1_one": ("CREATE TABLE one (id int)", "DROP TABLE one"),
                                  "2_two": ("ALTER TABLE one ADD COLUMN name text DEFAULT 'x'", "ALTER TABLE one DROP COLUMN name"),
                                  "3_three": ("CREATE TABLE three ()", "DROP TABLE three")})
    database.run("migrate", "deploy", "--migrations", path)
    done = database.run("migrate", "revert", "--migrations", path)
    assert "The following migration(s) have been taken back:" in done.stdout and "3_three" in done.stdout
    assert as_json(database, "migrate", "revert", "--to", "1_one", "--migrations", path) == {"reverted": ["2_two"], "lost": []}
    assert as_json(database, "migrate", "deploy", "--migrations", path) == {"applied": ["2_two", "3_three"]}
    rolled_back = 'SELECT migration_name FROM "_pixelpim_migrations" WHERE rolled_back_at IS NOT NULL ORDER BY 1'
    assert database.fetch(rolled_back) == [("2_two",), ("3_three",)]


def test_revert_loses_no_data_unless_told(tmp_path):
    database = Database()
    path = folder_of(tmp_path, **{"1_one": ("CREATE TABLE one (id int); INSERT INTO one VALUES (1), (2)", "DROP TABLE one"),
                                  "2_two": ("ALTER TABLE one ADD COLUMN name text DEFAULT 'x'", "ALTER TABLE one DROP COLUMN name"),
                                  "3_rows": ("SELECT 1", "DELETE FROM one WHERE id = 2"), "4_none": ("SELECT 1", "SELECT 1")})
    database.run("migrate", "deploy", "--migrations", path)
    before = database.dump()
    done = database.run("migrate", "revert", "--migrations", path, "--to", "1_one", check=False)
    assert done.returncode == 1 and "Taken back: 4_none. Then: 3_rows was not taken back" in done.stderr and '1 rows of "one"' in done.stderr and "--lose-data" in done.stderr
    assert as_json(database, "migrate", "revert", "--migrations", path, "--lose-data")["lost"] == ['1 rows of "one"']
    assert database.dump() == before and database.fetch("SELECT id FROM one") == [(1,)]
    database.script("UPDATE one SET name = 'mine'")
    assert '"one"."name" of 1 rows' in database.run("migrate", "revert", "--migrations", path, check=False).stderr
    assert as_json(database, "migrate", "revert", "--migrations", path, "--lose-data")["reverted"] == ["2_two"]
    assert 'the table "one" with 1 rows' in database.run("migrate", "revert", "--migrations", path, check=False).stderr


def test_all_of_ours_go_back_to_the_database_of_the_service_and_come_again():
    """Up, down and up with rows; the replaced tool's ledger follows; indexes that were dropped are in nobody's way."""
    database = old_database(1)
    before = database.dump()
    database.run("migrate", "baseline", "--confirm")
    database.run("migrate", "deploy")
    after = database.dump()
    ledger = 'SELECT count(*) FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL'
    assert database.fetch(ledger) == [(31,)]
    database.run("indexes", "drop")
    reverted = as_json(database, "migrate", "revert", "--lose-data", "--to", NAMES[1])
    assert reverted["reverted"] == NAMES[:1:-1]
    assert [lost for lost in reverted["lost"] if '"Deletion"' in lost] == ['3 rows of "Deletion"'], reverted["lost"]
    assert database.fetch(ledger) == [(18,)]
    assert strip_ours(database.dump()) == strip_ours(before)
    assert database.run("migrate", "revert", check=False).returncode == 1, "what was there at the adoption is not ours to take back"
    database.run("migrate", "deploy")
    assert database.dump() == after and database.fetch(ledger) == [(31,)]


@pytest.mark.parametrize("state", (0, 2))
def test_an_adopted_database_is_what_it_was_after_revert_and_after_restore(state, tmp_path):
    """As an operator goes: backup, adoption, deploy, indexes off and on, back by revert; forward, back by the backup."""
    database = old_database(state)
    schema, columns = database.dump(), columns_of(database)
    tables = sorted(table for table in columns if not table.startswith("_"))
    rows = rows_of(database, tables, columns)
    folder = ("--folder", tmp_path)
    assert database.run("backup", "recent", *folder, check=False).returncode == 1
    backup = as_json(database, "backup", "create", "--verify", *folder)
    assert as_json(database, "backup", "recent", *folder)["name"] == backup["name"]
    for step in ("migrate", "baseline", "--confirm"), ("migrate", "deploy"), ("indexes", "drop"), ("indexes", "apply"), ("client", "check"):
        database.run(*step)
    assert rows_of(database, tables, columns) == rows
    database.run("migrate", "revert", "--lose-data", "--to", NAMES[state])
    assert rows_of(database, tables, columns) == rows and strip_ours(database.dump()) == strip_ours(schema)
    database.run("migrate", "deploy")
    restored = as_json(database, "backup", "restore", backup["name"], "--into", database.name, "--confirm", *folder)
    assert rows_of(database, tables, columns) == rows and database.dump() == schema
    assert restored["kept"].startswith(f"{database.name}_before_"), "what was there is still there"


def strip_ours(dump: list[str]) -> list[str]:
    """Without the tables that PixelPim keeps of its own work."""
    text = "\n".join(dump)
    for statement in re.findall(r"(?:CREATE|ALTER) [^;]*?_pixelpim_[^;]*;", text):
        text = text.replace(statement, "")
    return [line for line in text.splitlines() if line]


# --- the linter and new ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("statement,lock,trouble", [
    ('CREATE INDEX i ON "Product" (name)', "SHARE on", "CONCURRENTLY"),
    ('-- steps\nCREATE INDEX CONCURRENTLY i ON "Product" (name)', "SHARE UPDATE EXCLUSIVE", ""),
    ('CREATE INDEX CONCURRENTLY i ON "Product" (name)', "SHARE UPDATE EXCLUSIVE", "-- steps"),
    ('ALTER TABLE "Product" ADD COLUMN x int', "ACCESS EXCLUSIVE", ""),
    ('ALTER TABLE "Product" ADD COLUMN x uuid DEFAULT gen_random_uuid()', "ACCESS EXCLUSIVE", "rewrites"),
    ('ALTER TABLE "Product" ALTER COLUMN x TYPE bigint', "ACCESS EXCLUSIVE", "rewrite"),
    ('ALTER TABLE "Product" ALTER COLUMN x SET NOT NULL', "ACCESS EXCLUSIVE", "NOT VALID"),
    ('ALTER TABLE "Product" ADD CONSTRAINT c CHECK (x > 0)', "ACCESS EXCLUSIVE", "NOT VALID"),
    ('ALTER TABLE "Product" ADD CONSTRAINT c FOREIGN KEY (x) REFERENCES "User" (id)', "SHARE ROW EXCLUSIVE", "NOT VALID"),
    ('ALTER TABLE "Product" ADD CONSTRAINT c CHECK (x > 0) NOT VALID', "ACCESS EXCLUSIVE", ""),
    ('-- steps\nALTER TABLE "Product" VALIDATE CONSTRAINT c', "SHARE UPDATE EXCLUSIVE", ""),
    ('ALTER TABLE "Product" DROP COLUMN x', "ACCESS EXCLUSIVE", "last version"),
    ('UPDATE "Product" SET x = 1', "ROW EXCLUSIVE", "-- repeat"),
    ('-- steps\n-- repeat\nUPDATE "Product" SET x = 1 WHERE id IN (SELECT 1)', "ROW EXCLUSIVE", ""),
    ('DROP TABLE "Product"', "ACCESS EXCLUSIVE", "backup"),
    ('CREATE TABLE t (id int); CREATE INDEX i ON t (id); ALTER TABLE t ADD UNIQUE (id)', None, ""),
    ("SELECT 'ALTER TABLE x; CREATE INDEX'; DO $$ BEGIN DROP TABLE y; END $$", None, ""),
])
def test_the_linter_says_what_is_locked_and_what_is_better(migrated, tmp_path, statement, lock, trouble):
    path = folder_of(tmp_path, **{"1_it": (statement, "SELECT 1")})
    remarks = as_json(migrated, "migrate", "lint", "--migrations", path, code=1 if trouble else 0)["remarks"]
    assert [remark["lock"].startswith(lock) for remark in remarks] == [True] if lock else remarks == []
    assert not trouble or trouble in remarks[0]["trouble"]


def test_new_makes_a_folder_and_wants_a_name(migrated, tmp_path):
    made = migrated.run("migrate", "new", "add_weight", "--migrations", tmp_path).stdout.strip()
    assert re.fullmatch(rf"{tmp_path}/\d{{14}}_add_weight", made) and os.path.exists(f"{made}/down.sql")
    assert migrated.run("migrate", "new", "Not This", check=False).returncode == 1


# --- indexes ------------------------------------------------------------------------------------------------------------------------

def test_indexes_are_built_where_missing_broken_or_different(migrated):
    """Traps 7 and 29."""
    assert as_json(migrated, "indexes", "apply") == {"built": []}
    listed = as_json(migrated, "indexes", "status")
    assert listed["ok"] and all(index["state"] == "ok" and index["bytes"] > 0 and index["scans"] >= 0 for index in listed["indexes"])
    script = (REPOSITORY / "db/soft_delete_indexes.sql").read_text()
    names = [index["name"] for index in listed["indexes"]]
    assert names == re.findall(r'IF NOT EXISTS "(\w+)"', script) and len(names) > 10
    missing, invalid, different = names[:3]
    migrated.script(f"""DROP INDEX {missing}; UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{invalid}'::regclass;
        DROP INDEX {different}; CREATE INDEX {different} ON "Product" (sku) WHERE NOT "isDeleted" """)
    states = {index["name"]: index["state"] for index in as_json(migrated, "indexes", "status", code=1)["indexes"]}
    assert [states[name] for name in names[:4]] == ["missing", "invalid", "different", "ok"]
    assert as_json(migrated, "indexes", "apply") == {"built": names[:3]}
    assert as_json(migrated, "indexes", "status")["ok"]


def test_psql_can_run_the_script_and_drop_takes_all(migrated):
    database = Database(like=migrated)
    dropped = as_json(database, "indexes", "drop")["dropped"]
    assert len(dropped) > 10 and as_json(database, "indexes", "drop")["dropped"] == []
    subprocess.run(["psql", database.url, "-qf", str(REPOSITORY / "db/soft_delete_indexes.sql")], check=True, capture_output=True)
    assert as_json(database, "indexes", "apply") == {"built": []}


def test_a_killed_build_goes_on(migrated):
    migrated.script('DROP INDEX "idx_product_trash"')
    with migrated.connect(autocommit=False) as writer:  # a concurrent build waits for those who write the table
        writer.execute('UPDATE "Product" SET name = name WHERE id = 1')
        process = start(migrated, "indexes", "apply")
        wait_until(lambda: migrated.fetch("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' "
                                          "AND datname = current_database()"), 30, "the build to run")
        process.kill()
        process.wait()
        migrated.fetch("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%'")
    assert as_json(migrated, "indexes", "apply") == {"built": ["idx_product_trash"]}
    assert as_json(migrated, "indexes", "status")["ok"]


# --- the doctor -----------------------------------------------------------------------------------------------------------------------

PLANTED = {
    "flags": """UPDATE "Product" SET "isDeleted" = true WHERE sku = 'S1'; UPDATE "Product" SET "deletedAt" = now() WHERE sku = 'S2'""",
    "sizes": """UPDATE "AssetGroup" SET "totalSize" = 5""",
    "totals": """INSERT INTO "ListTotal"("userId", kind, rows) VALUES (1, 'product', 7)""",
    "detached": """UPDATE "Product" SET "parentProductId" = (SELECT id FROM "Product" WHERE sku = 'S4') WHERE sku = 'S3';
                   UPDATE "Product" SET "detachedBy" = 5 WHERE sku = 'S3'""",
    "orphans": """SET LOCAL session_replication_role = replica; UPDATE "Product" SET "categoryId" = 99 WHERE sku = 'S5';
                  INSERT INTO "ProductAsset"("productId", "assetId") VALUES (1, 98);
                  INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('Lost', 'LOST', 77, now())""",
    "duplicates": """DROP INDEX "Product_userId_sku_live_key"; UPDATE "Product" SET sku = 'SAME' WHERE sku IN ('S6', 'S7', 'S8')""",    "sequences": """SELECT setval('"Product_id_seq"', 7); SELECT setval('"User_id_seq"', 1, false)""",
    "indexes": 'DROP INDEX "idx_product_trash", "idx_asset_trash"',
}
QUERY = 'SELECT id, name, sku, "userId", "categoryId", "isDeleted", "deletedAt" IS NULL, "detachedBy" FROM "Product" ORDER BY id'


@pytest.mark.parametrize("fix", PLANTED)
def test_the_doctor_finds_shows_fixes_and_takes_back(migrated, fix):
    """Traps 2 and 11."""
    database = Database(like=migrated)
    assert doctor_findings(database) == [] and database.run("doctor").stdout.strip() == "Nothing contradicts itself."
    database.script(PLANTED[fix])
    planted = database.fetch(QUERY)
    assert fix in {finding["fix"] for finding in doctor_findings(database)}
    assert database.run("doctor", check=False).returncode == (0 if fix in ("sizes", "indexes") else 1), "0 on warnings, 1 on what is broken"
    assert database.run("doctor", "--fix", fix, check=False).returncode == 1 and database.fetch(QUERY) == planted, "it only shows"
    entry = as_json(database, "doctor", "--fix", fix, "--confirm")
    assert entry["fixed"] >= 1 and fix not in {finding["fix"] for finding in doctor_findings(database)}
    if fix == "duplicates":
        assert database.fetch("""SELECT count(*), count(DISTINCT "deletionId"), count(DISTINCT "deletedAt") FROM "Product" WHERE "isDeleted" """) == [(2, 1, 2)]
    assert as_json(database, "doctor", "--fix", fix, "--confirm")["fixed"] == 0
    if fix == "orphans":  # what leads nowhere is refused by now; it is in the journal
        refused = database.run("doctor", "--undo", entry["entry"], check=False)
        assert refused.returncode == 1 and "lead nowhere" in refused.stderr
        assert database.fetch('SELECT sku FROM "Product" WHERE "userId" = 77') == [("LOST",)]
        assert {"Product", "ProductAsset", "User"} == {r for r, in database.fetch('SELECT relation FROM "_pixelpim_changes"')}
        return
    assert as_json(database, "doctor", "--undo", entry["entry"])["rows"] >= 1
    assert database.fetch(QUERY) == planted and fix in {finding["fix"] for finding in doctor_findings(database)}
    assert database.run("doctor", "--undo", entry["entry"], check=False).returncode == 1, "once"
    assert any(each["state"] == "undone" for each in as_json(database, "doctor", "--history")["entries"])


def test_the_doctor_sees_to_what_makes_a_database_slow(migrated):
    """Invalid indexes, stale statistics, dead rows, transactions that stay open; nothing of it is a row to take back."""
    database = Database(like=migrated)
    database.script("""ALTER TABLE "Product" SET (autovacuum_enabled = false);
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT 'Q' || n, 'Q' || n, 1, now() FROM generate_series(1, 8000) n""")
    database.script("""DELETE FROM "Product" WHERE sku LIKE 'Q%'""")
    database.script("""UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"Category_userId_parent_name_live_key"'::regclass""")
    with database.connect(autocommit=False) as other:
        other.execute("SELECT 1")
        wait_until(lambda: {"invalid-indexes", "statistics", "bloat"} <= {each["check"] for each in doctor_findings(database)}, 30, "all of it to be found")
    for fix in ("invalid-indexes", "bloat", "statistics"):
        assert database.run("doctor", "--fix", fix, check=False).returncode == 1, "it only shows"
        entry = as_json(database, "doctor", "--fix", fix, "--confirm")
        assert entry["fixed"] >= 1
        wait_until(lambda: fix not in {each["check"] for each in doctor_findings(database)}, 30, f"{fix} to be gone")
        assert as_json(database, "doctor", "--undo", entry["entry"])["rows"] == 0, "it changed no row"
    assert database.fetch("""SELECT indisvalid FROM pg_index WHERE indexrelid = '"Category_userId_parent_name_live_key"'::regclass""") == [(True,)]


@pytest.fixture(scope="module", autouse=True)
def left_open():
    """A transaction that nobody ends, as long as this module takes; on a database of its own."""
    database = Database()
    database.run("migrate", "deploy")
    with database.connect(autocommit=False) as forgotten:
        forgotten.execute("SET application_name = 'a forgotten console'")
        forgotten.execute('SELECT count(*) FROM "Product"')
        yield database


def test_the_doctor_names_who_holds_a_transaction_open(left_open):
    """For a minute: that is why it is begun with the module."""
    def found() -> list[dict]:
        return [each for each in doctor_findings(left_open) if each["check"] == "long-transactions"]

    [finding] = wait_until(found, 90, "the transaction to be a minute old", pause=1)
    assert finding["total"] == 1 and "a forgotten console, pid" in finding["rows"][0] and "pg_terminate_backend" in finding["advice"]
    assert left_open.run("doctor", check=False).returncode == 0, "it is a warning"


def test_the_doctor_names_indexes_that_nobody_reads(migrated):
    """Of tables that are read much; what a constraint needs is none of them, and PixelPim's own are to stay."""
    database = Database(like=migrated)
    database.script("""INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT 'U' || n, 'U' || n, 1, now() FROM generate_series(1, 30000) n;
        CREATE INDEX "by_their_report" ON "Product" (md5(name)); CREATE UNIQUE INDEX "theirs_is_unique" ON "Product" (md5(sku));
        SET LOCAL enable_seqscan = off;
        DO $$ BEGIN FOR n IN 1..10500 LOOP PERFORM FROM "Product" WHERE id = n; END LOOP; END $$""")

    def found() -> list[str]:
        return [row for each in doctor_findings(database) if each["check"] == "unused-indexes" for row in each["rows"]]

    rows = wait_until(found, 30, "the statistics to have come in")
    assert any(row.startswith('by_their_report on "Product"') for row in rows), rows
    assert not any("theirs_is_unique" in row or "Product_pkey" in row for row in rows), rows
    database.script("""DROP INDEX "by_their_report" """)
    assert not any("by_their_report" in row for row in found())


# --- faults -----------------------------------------------------------------------------------------------------------------------------

def test_a_role_without_rights_is_told_and_nothing_changes():
    database = old_database(2)
    with scratch_cluster().connect() as operator:
        operator.execute("DROP ROLE IF EXISTS weak")
        operator.execute("CREATE ROLE weak")
    database.script("GRANT SELECT ON ALL TABLES IN SCHEMA public TO weak")
    before = database.dump()
    with database.connect() as operator:
        operator.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database.name} SET role = weak")
    done = database.run("migrate", "baseline", "--confirm", check=False)
    assert done.returncode == 1 and "belongs to" in done.stdout and "Nothing was changed" in done.stdout, done.stdout + done.stderr
    with database.connect() as operator:
        operator.execute("RESET ROLE")
        operator.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database.name} RESET role")
    assert database.dump() == before


def test_a_second_operator_is_told_who_is_at_it(migrated):
    with migrated.connect() as other:
        other.execute("SET application_name = 'the other operator'")
        other.execute("SELECT pg_advisory_lock(7270736901)")
        process = subprocess.Popen([str(PROGRAM), "indexes", "apply"], env=migrated.program.environment, stderr=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        assert "the other operator, pid" in line and "waiting" in line
        other.execute("SELECT pg_advisory_unlock(7270736901)")
    assert process.wait(60) == 0


def test_postgresql_that_stops_half_way_is_said_and_the_next_deploy_goes_on(tmp_path):
    service = Service()
    try:
        service.run("db", "start")
        path = folder_of(tmp_path, **{"1_one": "CREATE TABLE one ()", "2_slow": "CREATE TABLE half (); SELECT pg_sleep(30)"})
        process = subprocess.Popen([str(PROGRAM), "migrate", "deploy", "--migrations", str(path)], env=service.environment,
                                   stderr=subprocess.PIPE, text=True)
        with service.connect() as operator:
            wait_until(lambda: operator.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fetchall(), 30, "the slow one")
        service.kill_postgres()
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 1 and "run the command again" in said
        folder_of(path, **{"2_slow": "CREATE TABLE whole ()"})
        assert json.loads(service.run("migrate", "deploy", "--json", "--migrations", path).stdout) == {"applied": ["2_slow"]}
    finally:
        service.remove()


# --- under live traffic -------------------------------------------------------------------------------------------------------------------

LIVE = """-- steps
ALTER TABLE "Product" ADD COLUMN "liveNote" text;
ALTER TABLE "Product" ALTER COLUMN "liveNote" SET DEFAULT 'x';  -- new rows are none to wait for
CREATE TABLE "liveRange" AS SELECT low, low + 499 AS high FROM generate_series(1, (SELECT max(id) FROM "Product"), 500) low;
CREATE UNIQUE INDEX ON "liveRange" (low);
-- repeat
WITH taken AS (DELETE FROM "liveRange" WHERE low = (SELECT min(low) FROM "liveRange") RETURNING low, high),
     changed AS (UPDATE "Product" SET "liveNote" = 'x' FROM taken WHERE id BETWEEN low AND high AND "liveNote" IS NULL)
SELECT low FROM taken;
DROP TABLE "liveRange";
CREATE INDEX CONCURRENTLY "live_note" ON "Product" ("userId", "liveNote");
ALTER TABLE "Product" ADD CONSTRAINT "liveNote" CHECK ("liveNote" IS NOT NULL) NOT VALID;
ALTER TABLE "Product" VALIDATE CONSTRAINT "liveNote";
"""


@pytest.mark.alone
def test_nobody_fails_while_a_live_database_is_migrated_and_indexed(tmp_path):
    """PIXELPIM_LIVE_ROWS: how many products. What was measured is printed (pytest -s)."""
    service = Service()
    try:
        service.start()
        with service.connect() as operator:
            tenant = new_tenant(service, operator)
            operator.execute('INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT \'P\' || n, \'S\' || n, %s, now() FROM generate_series(1, %s) n',
                             (tenant.id, ROWS))
            operator.execute('ANALYZE "Product"')
        failures, times, over = [], {name: [0.0] for name in ("before", "deploy", "drop", "apply")}, threading.Event()
        phase = ["before"]

        def work(number: int):
            with service.client(tenant.token) as client:
                for n in range(10**9):
                    if over.is_set():
                        return
                    began, name = time.monotonic(), phase[0]
                    try:
                        answer = client.get("/products", params={"limit": 20}) if n % 3 else client.post(
                            "/products", json={"name": f"L{number}-{n}", "sku": f"L{number}-{n}"})
                        if answer.status_code >= 400:
                            failures.append(answer.text)
                    except httpx.HTTPError as error:
                        failures.append(repr(error))
                    times[name].append(time.monotonic() - began)

        clients = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for client in clients:
            client.start()
        time.sleep(2 + ROWS / 50000)
        path = folder_of(tmp_path, **{"1_live": LIVE})
        began = time.monotonic()
        for phase[0], command in (("deploy", ("migrate", "deploy", "--migrations", path)), ("drop", ("indexes", "drop")), ("apply", ("indexes", "apply"))):
            service.run(*command, timeout=3600)
        seconds = time.monotonic() - began
        over.set()
        for client in clients:
            client.join()
        longest = ", ".join(f"{name} {max(each) * 1000:.0f} ms of {len(each) - 1}" for name, each in times.items())
        print(f"\n{ROWS} products, {seconds:.1f} s; {len(failures)} requests failed; the longest: {longest}")
        assert failures == []
        assert sum(len(each) for each in times.values()) > 20
    finally:
        service.remove()


# --- the page ---------------------------------------------------------------------------------------------------------------------------

def run_page(name: str, database: Database, folder, may_fail: str = ""):
    """Every command of a page, in order; what is shown below one is in what it prints."""
    page = (REPOSITORY / "docs/operations" / name).read_text()
    programs = folder / "bin"
    programs.mkdir()
    (programs / "pixelpim").symlink_to(PROGRAM)
    environment = database.program.environment | {"PATH": f"{programs}:/usr/bin:/bin", "SCRATCH": str(folder), "PIXELPIM_BACKUPS": str(folder / "backups")}
    for command, shown in re.findall(r"^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", page, re.M | re.S):
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=120, env=environment, cwd=folder)
        assert done.returncode == 0 or command.strip() == may_fail, command + done.stdout + done.stderr
        for line in shown.splitlines():
            assert line in done.stdout, (command, done.stdout)


def test_every_command_of_the_page_of_migrations_does_what_it_says(tmp_path):
    database = old_database(2)
    database.run("migrate", "baseline", "--json")
    run_page("migrate.md", database, tmp_path, may_fail="pixelpim doctor")  # rows of the replaced service: one without a time


def test_every_command_of_the_page_of_backups_does_what_it_says(migrated, tmp_path):
    run_page("backup.md", migrated, tmp_path)
    assert migrated.fetch("SELECT count(*) FROM pg_database WHERE datname = 'pixelpim_restored'") == [(1,)]
