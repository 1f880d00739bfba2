"""`pixelpim backup`: made whole or not at all, proven by restoring, and what is lost comes back from them.

PIXELPIM_FLIPS (12): places at which a backup is damaged, and cut. PIXELPIM_KILLS (3): moments of kill -9.
"""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import threading
import time

import psycopg
import pytest

from files import files_of, sha256, unique_png, upload
from service import PROGRAM, Service, alive, wait_until
from tenants import PASSWORD, Tenant, log_in

FLIPS = int(os.environ.get("PIXELPIM_FLIPS", "12"))
KILLS = int(os.environ.get("PIXELPIM_KILLS", "3"))


def start_database(service):
    """A PostgreSQL that waits for no disk: these tests do not crash the machine."""
    service.run("db", "start")
    with service.connect() as operator:
        operator.execute("ALTER SYSTEM SET fsync = off")
        operator.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def own():
    """A service with a catalogue of its own."""
    service = Service()
    try:
        start_database(service)
        service.start()
        service.run("user", "add", "b@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
        with service.connect() as database:
            number = database.execute('SELECT id FROM "User" WHERE email = %s', ("b@shop.example",)).fetchone()[0]
            tenant = Tenant(service, database, "b@shop.example", log_in(service, "b@shop.example"), number)
            tenant.request("POST", "/trash/brake/release", json={"minutes": 600})
            for i in range(30):
                tenant.create(name=f"Filler {i}", productLink=f"https://shop.example/{i}")
            yield tenant
    finally:
        service.remove()


def create(own, *arguments, check: bool = True):
    done = own.service.run("backup", "create", "--json", *arguments, check=False)
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def backups(service) -> list[dict]:
    return json.loads(service.run("backup", "list", "--json").stdout)


def names(service) -> list[str]:
    return [each["name"] for each in backups(service)]


def debris(service) -> list[str]:
    return [path.name for path in (service.state / "backups").iterdir() if path.name.startswith((".unfinished", ".removed"))]


def databases(own) -> list[str]:
    return [row[0] for row in own.database.execute("SELECT datname FROM pg_database").fetchall()]


def url_of(own, database: str, **more) -> str:
    url = own.service.database_url.replace("/pixelpim?", f"/{database}?", 1)
    for key, value in more.items():
        url = re.sub(f"{key}=[^&]*", f"{key}={value}", url) if f"{key}=" in url else f"{url}&{key}={value}"
    return url


@pytest.fixture(scope="module")
def backup(own) -> dict:
    """One of grade A."""
    return create(own, "--name", "good", "--note", "for the tests", "--verify")


@pytest.fixture
def copy(own, backup, tmp_path) -> pathlib.Path:
    """A folder of backups with a copy of it, to be damaged."""
    shutil.copytree(backup["folder"], tmp_path / "copies" / backup["name"])
    return tmp_path / "copies"


def change_manifest(folder: pathlib.Path, change):
    """Changes the manifest of a backup, with the right sums again."""
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    subprocess.run("sha256sum $(find . -type f ! -name SHA256SUMS | cut -c3- | LC_ALL=C sort) > SHA256SUMS", shell=True, cwd=folder, check=True)


# --- made and proven -------------------------------------------------------------------------------------------------------

def test_a_backup_is_named_by_its_time_and_says_what_is_in_it(own, backup):
    assert re.fullmatch(r"backup_good_\d{8}_\d{6}", backup["name"]) and backup["grade"] == "A"
    assert backup["note"] == "for the tests" and backup["createdBy"] and backup["database"] == "pixelpim"
    folder = pathlib.Path(backup["folder"])
    manifest = json.loads((folder / "manifest.json").read_text())
    products = next(t for t in manifest["tables"] if t["name"] == 'public."Product"')
    assert products["rows"] >= 30 and backup["rows"] == sum(t["rows"] for t in manifest["tables"])
    assert sha256((folder / "schema.txt").read_bytes()) == backup["schemaFingerprint"]
    assert manifest["serverVersion"].startswith("PostgreSQL 15") and manifest["dumpVersion"].startswith("PostgreSQL 15")
    assert manifest["newestMigration"] >= "20261125" and backup["bytes"] > 0
    checked = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert (own.service.state / "backups").stat().st_mode & 0o77 == 0, "a backup has everybody's password hashes"


def test_verify_takes_the_newest_and_leaves_no_database_behind(own, backup):
    before = databases(own)
    found = json.loads(own.service.run("backup", "verify", "--json").stdout)
    assert found["name"] == names(own.service)[0] and found["grade"] == "A" and databases(own) == before
    assert "grade A" in own.service.run("backup", "list").stdout


def test_a_quick_look_is_grade_b_and_takes_no_better_one_away(own, copy, backup):
    listed = json.loads(own.service.run("backup", "list", "--json", "--folder", copy).stdout)
    assert [each["grade"] for each in listed] == ["C"]
    for _ in range(2):
        done = own.service.run("backup", "verify", "--quick", "--json", "--folder", copy)
        assert json.loads(done.stdout)["grade"] == "B"
    assert json.loads(own.service.run("backup", "verify", backup["name"], "--quick", "--json").stdout)["grade"] == "A"


def test_recent_says_whether_one_can_be_relied_on(own, backup, copy):
    """What `preflight` and `deploy` ask too: grade A, of this database, not older than a day."""
    found = json.loads(own.service.run("backup", "recent", "--json").stdout)
    assert found["name"].startswith("backup_") and found["grade"] == "A" and 0 <= found["ageSeconds"] < 3600
    refused = own.service.run("backup", "recent", "--folder", copy, check=False)
    assert refused.returncode == 1 and "is of grade C" in refused.stderr and f"backup verify {backup['name']}" in refused.stderr
    own.service.run("backup", "verify", "--folder", copy)
    assert own.service.run("backup", "recent", "--folder", copy).returncode == 0
    other = Service(own.service.folder, {"DATABASE_URL": url_of(own, "postgres")}).run("backup", "recent", "--folder", copy, check=False)
    assert other.returncode == 1 and "no backup of the database postgres" in other.stderr
    change_manifest(copy / backup["name"], lambda manifest: manifest.update(createdAt="2026-01-02T03:04:05Z"))
    own.service.run("backup", "verify", "--folder", copy)
    old = own.service.run("backup", "recent", "--folder", copy, check=False)
    assert old.returncode == 1 and "days old; 24 h at most" in old.stderr and "backup create --verify" in old.stderr


def test_the_figures_are_those_of_the_dumped_moment_acceptance_25(own):
    """acceptance 25: per-table count and hash against the snapshot, while others write."""
    stop = threading.Event()

    def write():
        with own.service.connect() as connection:
            while not stop.is_set():
                connection.execute('''INSERT INTO "Attempt" SELECT * FROM "Attempt" LIMIT 0''')
                connection.execute('UPDATE "Product" SET "productLink" = gen_random_uuid()::text WHERE "userId" = %s', (own.id,))
                connection.execute('''INSERT INTO "Category" (name, "userId", "updatedAt") VALUES (gen_random_uuid()::text, %s, now())''',
                                   (own.id,))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = create(own, "--verify", "--jobs", "3")
    finally:
        stop.set()
        writer.join()
    assert made["grade"] == "A" and made["troubles"] == []


def test_what_was_restored_is_compared_row_by_row_traps_27(own, backup, copy):
    """traps 27: a manifest that says otherwise than the dump, with right sums, is found out by restoring."""
    def lie(manifest):
        next(t for t in manifest["tables"] if t["name"] == 'public."Product"')["hash"] = "1/2"
        next(t for t in manifest["tables"] if t["name"] == 'public."Category"')["rows"] += 1

    change_manifest(copy / backup["name"], lie)
    done = own.service.run("backup", "verify", "--json", "--folder", copy, check=False)
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["grade"] == "D"
    assert any('"Product" has other contents' in t for t in found["troubles"]) and any('"Category" has' in t for t in found["troubles"])
    refused = own.service.run("backup", "restore", backup["name"], "--folder", copy, "--into", "never", check=False)
    assert refused.returncode == 1 and "not what was backed up" in refused.stderr and not any("never" in d or "restoring" in d for d in databases(own))


# --- damage ----------------------------------------------------------------------------------------------------------------

def places(folder: pathlib.Path, seed: int):
    """Files with a place in each, as often as they have bytes; every file once at least."""
    choose = random.Random(seed)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size > 0]
    sizes = [path.stat().st_size for path in files]
    special = [folder / "SHA256SUMS", folder / "manifest.json", folder / "schema.txt", folder / "database/toc.dat"]
    for number in range(FLIPS):
        file = special[number] if number < len(special) else choose.choices(files, sizes)[0]
        yield file, choose.randrange(file.stat().st_size), choose.randrange(8)


def test_one_flipped_bit_is_noticed_wherever_it_is_acceptance_25(own, copy, backup):
    for file, at, bit in places(copy / backup["name"], 1):
        whole = file.read_bytes()
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1:])
        done = own.service.run("backup", "verify", backup["name"], "--quick", "--folder", copy, check=False)
        assert done.returncode == 1 and "grade D" in done.stdout, (file, at, bit, done.stdout, done.stderr)
        assert (file.name in done.stdout or file.name == "SHA256SUMS") and "error: " in done.stderr, done.stdout
        file.write_bytes(whole)
    assert own.service.run("backup", "verify", backup["name"], "--quick", "--folder", copy).returncode == 0


def test_a_backup_cut_short_is_noticed_wherever_it_is_acceptance_25(own, copy, backup):
    for number, (file, at, _) in enumerate(places(copy / backup["name"], 2)):
        whole = file.read_bytes()
        file.write_bytes(whole[:at])
        command = ("restore", backup["name"], "--into", "never") if number % 10 == 0 else ("verify", backup["name"], "--quick")
        done = own.service.run("backup", *command, "--folder", copy, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == 1 and (file.name in said or file.name == "SHA256SUMS" and "is not in" in said), (file, at, said)
        file.write_bytes(whole)
    for file in (copy / backup["name"] / "database").glob("*.gz"):
        file.unlink()
        done = own.service.run("backup", "verify", backup["name"], "--quick", "--folder", copy, check=False)
        assert done.returncode == 1 and f"{file.name} is missing" in done.stdout
        break
    assert not any("never" in d or "restoring" in d for d in databases(own))


# --- what goes wrong while it is made -----------------------------------------------------------------------------------------

class Half:
    """`backup create`, or another command, whose program of PostgreSQL is stopped half-way."""

    all = []

    def __init__(self, service: Service, *arguments: str):
        self.process = subprocess.Popen([str(PROGRAM), "backup", *(arguments or ["create"])], env=service.environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.dump = None
        Half.all.append(self)
        self.dump = wait_until(self.find_dump, 30, "pg_dump or pg_restore to run", pause=0.001)
        os.kill(self.dump, signal.SIGSTOP)

    def find_dump(self) -> int | None:
        for child in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            if "--dbname" in self.arguments_of(child):
                return int(child)
        return None

    @staticmethod
    def arguments_of(process) -> str:
        try:
            return pathlib.Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return ""

    def go_on(self):
        os.kill(self.dump, signal.SIGCONT)


@pytest.fixture(autouse=True)
def nothing_is_left_half_way():
    yield
    while Half.all:
        left = Half.all.pop()
        left.process.kill()
        if left.dump and alive(left.dump):
            left.go_on()
        left.process.communicate()


def test_a_second_operator_is_told_and_the_first_is_not_disturbed(own, backup):
    half = Half(own.service)
    second = own.service.run("backup", "create", check=False)
    assert second.returncode == 1 and "Another program is making or removing a backup here." in second.stderr and "next: " in second.stderr
    assert own.service.run("backup", "prune", "--keep", "1", "--confirm", check=False).returncode == 1
    half.go_on()
    out, err = half.process.communicate(timeout=60)
    assert half.process.returncode == 0, err
    restore = ("restore", backup["name"], "--into", "once")
    half = Half(own.service, *restore)
    second = own.service.run("backup", *restore, check=False)
    assert second.returncode == 1 and "Another program is restoring into once." in second.stderr and "next: " in second.stderr
    half.go_on()
    out, err = half.process.communicate(timeout=60)
    assert half.process.returncode == 0 and "once" in databases(own), err
    own.database.execute("DROP DATABASE once WITH (FORCE)")


def test_kill_9_leaves_no_backup_and_no_child_and_the_next_one_cleans_up(own, backup):
    before = names(own.service)
    half = Half(own.service)
    assert debris(own.service)
    half.process.kill()
    half.process.wait()
    half.go_on()
    wait_until(lambda: not alive(half.dump), 30, "pg_dump to end")
    assert names(own.service) == before
    made = create(own)
    assert names(own.service) == [made["name"], *before] and debris(own.service) == []


def test_pg_dump_that_is_killed_is_no_backup_acceptance_25(own, backup):
    before = names(own.service)
    half = Half(own.service)
    os.kill(half.dump, signal.SIGKILL)
    out, err = half.process.communicate(timeout=60)
    assert half.process.returncode == 1 and out == "" and "No backup was made." in err and "The last good backup is" in err
    assert names(own.service) == before and debris(own.service) == []


def test_postgres_that_stops_half_way_is_no_backup_and_no_database(new_service):
    service = new_service()
    start_database(service)
    service.run("migrate", "deploy")
    good = json.loads(service.run("backup", "create", "--json").stdout)
    for command in ("create",), ("restore", good["name"], "--into", "half"):
        half = Half(service, *command)
        service.kill_postgres()
        half.go_on()
        out, err = half.process.communicate(timeout=60)
        assert half.process.returncode == 1 and "See that PostgreSQL runs, then run the same command again." in err, err
        assert names(service) == [good["name"]] and (good["name"] in err) == (command[0] == "create")
        service.run("db", "start")
    with service.connect() as operator:
        assert operator.execute("SELECT datname FROM pg_database WHERE datname = 'half'").fetchall() == []
        service.run("backup", "restore", good["name"], "--into", "half")
        assert operator.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, 'half')").fetchone() == (1,)
    service.run("backup", "create")
    assert len(names(service)) == 2


def test_a_full_disk_is_no_backup_and_the_last_good_one_stays_acceptance_25(own, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "none", small], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr}")
    try:
        first = create(own, "--folder", small)
        done = own.service.run("backup", "create", "--folder", small, check=False)
        assert done.returncode == 1 and "No space left" in done.stderr and first["name"] in done.stderr and "Free some space" in done.stderr
        left = json.loads(own.service.run("backup", "list", "--json", "--folder", small).stdout)
        assert [each["name"] for each in left] == [first["name"]] and sorted(os.listdir(small)) == sorted([".lock", first["name"]])
        assert own.service.run("backup", "verify", "--quick", "--folder", small).returncode == 0
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.fixture(scope="module")
def limited(own):
    """A role that may not read everything nor make databases, and one with a password; let in by the server's own rules."""
    own.database.execute("CREATE ROLE limited LOGIN; CREATE ROLE secret LOGIN SUPERUSER PASSWORD 'v3ry-s3cret'")
    access = own.service.state / "postgres/pg_hba.conf"
    access.write_text("local all limited trust\nlocal all secret scram-sha-256\n" + access.read_text())
    own.database.execute("SELECT pg_reload_conf()")
    url = url_of(own, "pixelpim", user="limited")

    def is_let_in() -> bool:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_until(is_let_in, 30, "the server to have read its rules")
    return Service(own.service.folder, {"DATABASE_URL": url})


def alerts(own) -> list[tuple]:
    return own.database.execute("""SELECT summary FROM "Alert" WHERE name = 'backup_failed' AND "resolvedAt" IS NULL""").fetchall()


def test_who_holds_a_table_is_said_and_the_failure_is_an_alert_acceptance_25(own, backup):
    """acceptance 25: non-zero exit, an alert, the last good one kept; and the alert's end."""
    before = names(own.service)
    with psycopg.connect(own.service.database_url, application_name="the night job") as other:
        other.execute('LOCK TABLE "Product" IN ACCESS EXCLUSIVE MODE')
        done = own.service.run("backup", "create", "--lock-timeout", "4", check=False)
        assert done.returncode == 1 and "Waiting for a table after 2 s: the night job" in done.stderr and "Wait for whoever holds the table" in done.stderr
        assert re.search(r"error: No backup was made.*lock timeout; the table is held by: the night job, pid \d+", done.stderr), done.stderr
        assert names(own.service) == before and debris(own.service) == []
    assert len(alerts(own)) == 1 and "No backup was made" in alerts(own)[0][0]
    create(own)
    assert alerts(own) == []


def test_a_server_that_is_newer_than_the_programs_here_is_named_acceptance_25(own, backup, copy):
    change_manifest(copy / backup["name"], lambda manifest: manifest.update(serverMajor=99))
    done = own.service.run("backup", "restore", backup["name"], "--folder", copy, "--into", "never", check=False)
    assert done.returncode == 1 and "no pg_restore for PostgreSQL 99" in done.stderr and "postgresql-client-99" in done.stderr
    assert not any("never" in d or "restoring" in d for d in databases(own))


def test_wrong_rights_are_named(own, backup, limited):
    done = limited.run("backup", "create", check=False)
    assert done.returncode == 1 and "permission denied" in done.stderr and "as the owner of the tables" in done.stderr
    for command in (("verify", backup["name"]), ("restore", backup["name"], "--into", "another")):
        done = limited.run("backup", *command, check=False)
        assert done.returncode == 1 and "permission denied to create database" in done.stderr and "CREATEDB" in done.stderr
    assert backups(own.service)[-1]["grade"] == "A", "what could not be proven is not called damaged"


def test_rows_that_a_policy_hides_stop_it_acceptance_25(own, limited):
    """acceptance 25: the dump of an owner under FORCE ROW LEVEL SECURITY is empty, with exit code 0, elsewhere."""
    own.database.execute("CREATE DATABASE hidden OWNER limited TEMPLATE template0")
    url = url_of(own, "hidden", user="limited")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA s; CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (1)")
        connection.execute("ALTER TABLE s.t ENABLE ROW LEVEL SECURITY; ALTER TABLE s.t FORCE ROW LEVEL SECURITY")
    program = Service(own.service.folder, {"DATABASE_URL": url})
    before = names(own.service)
    done = program.run("backup", "create", check=False)
    assert done.returncode == 1 and "row-level security" in done.stderr and "BYPASSRLS" in done.stderr and names(own.service) == before
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE s.t NO FORCE ROW LEVEL SECURITY")
    assert json.loads(program.run("backup", "create", "--json").stdout)["rows"] == 1
    own.service.run("backup", "verify")


def test_the_password_is_on_no_command_line(own, limited):
    half = Half(Service(own.service.folder, {"DATABASE_URL": url_of(own, "pixelpim", user="secret").replace("?", "?password=v3ry-s3cret&")}))
    assert "secret" in Half.arguments_of(half.dump) and "v3ry" not in Half.arguments_of(half.dump)
    half.go_on()
    out, err = half.process.communicate(timeout=60)
    assert half.process.returncode == 0, err
    newest = backups(own.service)[0]
    assert not any("v3ry" in path.read_text(errors="replace") for path in pathlib.Path(newest["folder"]).glob("*") if path.is_file())


# --- bringing a database back --------------------------------------------------------------------------------------------------

def fill_of(own, database: str) -> list[tuple]:
    with psycopg.connect(url_of(own, database), options="-c TimeZone=UTC") as connection:
        return connection.execute('SELECT p::text FROM public."Product" p ORDER BY id').fetchall()


def test_a_database_is_restored_into_a_new_or_an_empty_one(own, backup):
    restored = json.loads(own.service.run("backup", "restore", backup["name"], "--into", "fresh", "--json").stdout)
    assert restored["database"] == "fresh" and restored["rows"] == backup["rows"] and restored["kept"] == ""
    own.database.execute("CREATE DATABASE waits TEMPLATE template0")
    own.database.execute("CREATE DATABASE fresh_restoring TEMPLATE template0")
    own.service.run("backup", "restore", backup["name"], "--into", url_of(own, "waits"))
    assert fill_of(own, "fresh") == fill_of(own, "waits") and len(fill_of(own, "fresh")) >= 30
    done = Service(own.service.folder, {"DATABASE_URL": url_of(own, "fresh")}).run("migrate", "status")
    assert "up to date" in done.stdout
    Service(own.service.folder, {"DATABASE_URL": url_of(own, "waits")}).run("backup", "create", "--verify")
    assert "fresh_restoring" in databases(own), "somebody's own"
    own.database.execute("DROP DATABASE fresh_restoring")


def test_a_database_with_something_in_it_is_never_written_over(own, backup):
    own.database.execute("CREATE DATABASE full_one TEMPLATE template0")
    with psycopg.connect(url_of(own, "full_one"), autocommit=True) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 42 AS answer")
        done = own.service.run("backup", "restore", backup["name"], "--into", "full_one", check=False)
        assert done.returncode == 1 and "is not empty" in done.stderr and "--confirm" in done.stderr
        done = own.service.run("backup", "restore", backup["name"], "--into", "full_one", "--confirm", check=False)
        assert done.returncode == 1 and "in use" in done.stderr
    restored = json.loads(own.service.run("backup", "restore", backup["name"], "--into", "full_one", "--confirm", "--json").stdout)
    assert len(fill_of(own, "full_one")) >= 30
    with psycopg.connect(url_of(own, restored["kept"])) as connection:
        assert connection.execute("SELECT answer FROM precious").fetchone() == (42,)


def test_kill_9_at_random_moments_loses_nothing(own, backup):
    """PIXELPIM_KILLS=100 for the long run: of create and of restore by turns. How many were still at work is printed (pytest -s)."""
    commands = ("create",), ("restore", backup["name"], "--into", "killed")
    seconds, at_work = [], [0, 0]
    for command in commands:
        began = time.monotonic()
        own.service.run("backup", *command)
        seconds.append(time.monotonic() - began)
    before = set(names(own.service))
    for number in range(KILLS):
        which = number % 2
        own.database.execute("DROP DATABASE IF EXISTS killed WITH (FORCE)")
        process = subprocess.Popen([str(PROGRAM), "backup", *commands[which]], env=own.service.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, seconds[which]))
        at_work[which] += process.poll() is None
        process.kill()
        process.wait()
        now = names(own.service)
        assert before <= set(now)
        assert own.service.run("backup", "verify", now[0], "--quick").returncode == 0, "what has a backup's name is whole"
        assert "killed" not in databases(own) or len(fill_of(own, "killed")) >= 30
    print(f"\n{KILLS} kills; still at work: {at_work[0]} of create ({seconds[0]:.1f} s), {at_work[1]} of restore ({seconds[1]:.1f} s)")
    own.database.execute("DROP DATABASE IF EXISTS killed WITH (FORCE)")
    create(own)
    own.service.run("backup", "restore", backup["name"], "--into", "killed")
    own.service.run("backup", "verify", backup["name"])
    assert debris(own.service) == [] and not any("scratch" in d or "restoring" in d for d in databases(own))


# --- removing old ones ---------------------------------------------------------------------------------------------------------

def test_prune_never_removes_the_last_good_one(own, backup, copy):
    def prune(*arguments, check=True):
        done = own.service.run("backup", "prune", "--folder", copy, "--json", *arguments, check=check)
        return json.loads(done.stdout)

    good = backup["name"]
    own.service.run("backup", "verify", good, "--folder", copy)
    for hour in ("01", "02", "03"):
        name = f"backup_29991231_{hour}0000"
        shutil.copytree(copy / good, copy / name)
        change_manifest(copy / name, lambda manifest: manifest.update(name=name))
    would = prune("--keep", "1")
    assert would["removed"] is False and would["backups"] == ["backup_29991231_020000", "backup_29991231_010000"]
    (copy / "backup_29991231_030000/manifest.json").write_text("{}")
    assert prune("--keep", "1")["backups"] == ["backup_29991231_010000"], "a damaged one takes no good one's place"
    done = prune("--keep", "1", "--confirm")
    left = {each["name"]: each["grade"] for each in json.loads(own.service.run("backup", "list", "--json", "--folder", copy).stdout)}
    assert done["removed"] is True and left == {"backup_29991231_030000": "D", "backup_29991231_020000": "C", good: "A"}
    victim = next((copy / good / "database").glob("*.gz"))
    victim.write_bytes(victim.read_bytes()[:-1])
    shutil.copytree(copy / "backup_29991231_020000", copy / "backup_29981231_020000")
    refused = own.service.run("backup", "prune", "--folder", copy, "--keep", "1", "--confirm", check=False)
    assert refused.returncode == 1 and "is damaged" in refused.stderr and (copy / "backup_29981231_020000").exists()
    assert own.service.run("backup", "prune", check=False).returncode == 1


# --- files -----------------------------------------------------------------------------------------------------------------------

def test_files_come_along_where_that_is_asked_for(own, tmp_path):
    content = unique_png()
    asset = upload(own, "in the backup", content)
    own.request("DELETE", f"/assets/{upload(own, 'trashed', content + b'2')['id']}", 200)
    made = create(own, "--with-files", "--verify")
    assert made["withFiles"] and made["files"] >= 2 and made["filesMissing"] == [] and made["grade"] == "A"
    kept = pathlib.Path(made["folder"]) / "files" / sha256(content)[:2] / sha256(content)
    assert kept.read_bytes() == content

    elsewhere = Service(tmp_path, {"DATABASE_URL": url_of(own, "with_files")})
    elsewhere.run("backup", "restore", made["name"], "--folder", own.service.state / "backups", "--into", url_of(own, "with_files"), "--with-files")
    assert json.loads(elsewhere.run("assets", "verify", "--json").stdout)["ok"] is True
    kept.write_bytes(content[:-1])
    done = own.service.run("backup", "verify", made["name"], check=False)
    assert done.returncode == 1 and sha256(content) in done.stdout
    kept.write_bytes(content)

    [file] = files_of(own.service, content)
    file.rename(tmp_path / "away")
    done = own.service.run("backup", "create", "--with-files", check=False)
    assert done.returncode == 1 and "missing or damaged" in done.stderr, "the database is backed up, and that is said"
    (tmp_path / "away").rename(file)
    assert asset["id"]


# --- one product -----------------------------------------------------------------------------------------------------------------

def extract(own, *arguments, check: bool = True):
    done = own.service.run("backup", "extract", "--json", *arguments, check=False)
    assert (done.returncode == 0) == check, done.stdout + done.stderr
    return json.loads(done.stdout)


def purge(own, product: int):
    own.delete(product)
    own.purge(product)


@pytest.fixture(scope="module")
def boot(own):
    """A product with all that one can have, as it was, in a backup with files; then gone for good."""
    material, size = own.attribute("Material"), own.attribute("Size")
    boots, sale = own.category("Boots"), own.category("Sale")
    image = upload(own, "BOOT-7", unique_png())
    made = own.create(name="Boot 7", sku="BOOT-7", categoryId=boots,
                      attributesWithValues=[{"attributeId": material, "value": "Leather"}, {"attributeId": size, "value": "42"}])
    own.database.execute('INSERT INTO "ProductCategory" VALUES (%s, %s, 1)', (made["id"], sale))
    variant = own.variant(made["id"], name="Boot 7 red", sku="BOOT-7-R")
    before = own.get(f"/products/{made['id']}")
    backup = create(own, "--with-files")
    own.request("DELETE", f"/assets/{image['id']}", 200)
    own.request("DELETE", f"/assets/{image['id']}/permanent", 200)
    own.delete(variant["id"])
    own.purge(variant["id"])
    purge(own, made["id"])
    return {"id": made["id"], "variant": variant["id"], "before": before, "backup": backup["name"], "image": image["id"], "sale": sale}


def without_times(product: dict) -> dict:
    unstable = {"version", "updatedAt", "url", "thumbnailUrl", "thumbnailState", "signedUrl"}
    if isinstance(product, dict):
        return {k: without_times(v) for k, v in product.items() if k not in unstable}
    return [without_times(v) for v in product] if isinstance(product, list) else product


def test_a_purged_product_comes_back_with_all_that_it_had(own, boot):
    own.get(f"/products/{boot['id']}", 404)
    back = extract(own, "--product", "BOOT-7", "--from", boot["backup"], "--variants")
    assert back["ids"] == [boot["id"], boot["variant"]] == back["oldIds"] and back["values"] >= 2 and back["assets"] == [boot["image"]]
    assert back["gone"] == []
    now = own.get(f"/products/{boot['id']}")
    assert now["sku"] == "BOOT-7" and now["createdAt"] == boot["before"]["createdAt"] and now["updatedAt"] == boot["before"]["updatedAt"]
    for key in boot["before"]:
        assert without_times({key: now[key]}) == without_times({key: boot["before"][key]}), key
    assert own.request("GET", f"/assets/{boot['image']}/download", 200).content
    assert [e["action"] for e in own.events(boot["id"])][-1] == "product.restore"
    assert json.loads(own.service.run("assets", "verify", "--json").stdout)["ok"] is True


def test_what_is_there_is_not_touched(own, boot):
    for arguments, says in ((["--product", "BOOT-7"], "is there"), (["--product", str(boot["id"])], "is there"),
                            (["--product", "NOWHERE"], "has no product NOWHERE")):
        refused = extract(own, *arguments, "--from", boot["backup"], check=False)
        assert says in refused["error"]["message"], refused
    own.delete(boot["id"])
    refused = extract(own, "--product", "BOOT-7", "--from", boot["backup"], check=False)
    assert "in the trash" in refused["error"]["message"] and "restore" in refused["error"]["remedy"]
    own.restore(boot["id"])


def test_a_sku_that_lives_again_is_refused_and_another_one_offered(own, boot):
    product = own.create(name="Sock", sku="SOCK-1")
    backup = create(own)["name"]
    purge(own, product["id"])
    taken = own.create(name="Sock of now", sku="SOCK-1")
    refused = extract(own, "--product", "SOCK-1", "--from", backup, check=False)
    assert str(taken["id"]) in refused["error"]["message"] and "--sku" in refused["error"]["remedy"]
    back = extract(own, "--product", "SOCK-1", "--from", backup, "--sku", "SOCK-1-OLD")
    assert own.get(f"/products/{back['ids'][0]}")["sku"] == "SOCK-1-OLD" and own.get(f"/products/{taken['id']}")["name"] == "Sock of now"


def test_what_it_led_to_and_is_gone_is_told(own):
    category, attribute = own.category("Gone category"), own.attribute("Gone attribute")
    product = own.create(name="Leads on", sku="LEADS", categoryId=category, attributesWithValues=[{"attributeId": attribute, "value": "x"}])
    backup = create(own)["name"]
    purge(own, product["id"])
    own.database.execute('DELETE FROM "Category" WHERE id = %s', (category,))
    own.database.execute('DELETE FROM "Attribute" WHERE id = %s', (attribute,))
    back = extract(own, "--product", "LEADS", "--from", backup)
    told = " ".join(back["gone"])
    assert f'category {category} "Gone category"' in told and f'attribute {attribute} "Gone attribute", whose value was "x"' in told
    assert own.get(f"/products/{product['id']}")["sku"] == "LEADS"


def test_two_at_once_bring_it_back_once(own):
    product = own.create(name="Twin", sku="TWIN")
    backup = create(own)["name"]
    purge(own, product["id"])
    command = [str(PROGRAM), "backup", "extract", "--product", "TWIN", "--from", backup, "--json"]
    processes = [subprocess.Popen(command, env=own.service.environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    codes = [process.wait(60) for process in processes]
    assert sorted(codes) == [0, 1, 1], [process.stdout.read() for process in processes]
    assert own.database.execute('''SELECT count(*) FROM "Product" WHERE sku = 'TWIN' ''').fetchone()[0] == 1
