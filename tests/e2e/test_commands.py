"""The command line: help, JSON, exit codes, errors that name the trouble and a next step; and the life of the embedded
PostgreSQL, which is killed, halved, moved and taken away here.

What the server does under such treatment is in test_service.py, what `migrate` does in test_migrations.py.
"""

import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from service import PROGRAM, REPOSITORY, Service, free_port, wait_until
from tenants import PASSWORD, new_email

is_root = os.geteuid() == 0


def help_of(*command) -> str:
    return subprocess.run([PROGRAM, *command, "--help"], capture_output=True, text=True, check=True).stdout


def subcommands_of(*command) -> list[str]:
    _, found, listed = help_of(*command).partition("Subcommands:\n")
    return re.findall(r"^  (\w+) ", listed.partition("\nExample:")[0], re.M) if found else []


def all_commands(*above) -> list[tuple[str, ...]]:
    """Those that do something: the leaves of the tree that --help shows."""
    leaves = []
    for name in subcommands_of(*above):
        leaves += all_commands(*above, name) or [(*above, name)]
    return leaves


COMMANDS = all_commands() if PROGRAM.exists() else []


def failure(service, *arguments, **more) -> str:
    """What a command prints that fails: the error, and what to do next."""
    done = service.run(*arguments, check=False, **more)
    assert done.returncode == 1, (arguments, done)
    assert done.stdout == ""
    error, found, remedy = done.stderr.partition("\nnext: ")
    assert error.removeprefix("Starting the database\n").startswith("error: ") and found and remedy.strip(), done.stderr
    return done.stderr


# --- help -----------------------------------------------------------------------------------------------------------------

def test_there_are_commands():
    assert {("up",), ("serve",), ("db", "start"), ("db", "psql"), ("migrate", "deploy"), ("user", "add"), ("token",),
            ("import",), ("version",)} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example_that_it_takes(command):
    text = help_of(*command)
    example = text.partition("\nExample:\n")[2]
    assert "pixelpim " + " ".join(command) in example
    for option in re.findall(r"--[\w-]+", re.sub(r"curl.*?pixelpim| -- .*", "", example)):
        assert option in text, f"the example uses {option}, which the command does not list"
    for name, description in re.findall(r"^  (-?-?[\w-]+)[^\n]*? {2,}(\S.*)$", text, re.M):
        assert description.strip(), f"{name} is not explained"


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in [("serve",), ("up",), ("db", "psql")]],
                         ids=" ".join)
def test_a_wrong_argument_is_named_with_a_next_step(service, command):
    done = service.run(*command, "--no-such-option", check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert "--no-such-option" in done.stderr or "required" in done.stderr
    assert "--help" in done.stderr


def test_a_missing_command_is_asked_for(service):
    for arguments in ([], ["db"], ["migrate"], ["user"]):
        done = service.run(*arguments, check=False)
        assert done.returncode == 2 and "subcommand" in done.stderr and "--help" in done.stderr


@pytest.mark.parametrize("arguments,where", [(["fly"], "pixelpim"), (["db", "fly"], "pixelpim db"),
                                             (["db", "--json", "fly"], "pixelpim db")], ids=str)
def test_an_unknown_command_is_named(service, arguments, where):
    done = service.run(*arguments, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f'error: There is no command "fly".\nnext: `{where} --help` lists the commands.\n'
    assert "Subcommands:" in help_of(*where.split()[1:])


@pytest.mark.parametrize("arguments,named", [(["up", "--port", "0"], "--port"), (["serve", "--port", "65536"], "--port"),
                                             (["up", "--config", "/no/such.toml"], "/no/such.toml"),
                                             (["token"], "email"), (["import", "a.csv"], "--user")], ids=str)
def test_wrong_values_are_named(service, arguments, named):
    done = service.run(*arguments, check=False)
    assert done.returncode in (1, 2) and named in done.stderr and re.search("next:|--help", done.stderr)


# --- JSON -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command", [("version",), ("db", "start"), ("db", "status"), ("db", "url"), ("migrate", "status"),
                                     ("migrate", "deploy")], ids=" ".join)
def test_json_is_all_that_goes_to_standard_output(service, command):
    done = service.run(*command, "--json")
    assert isinstance(json.loads(done.stdout), dict) and done.stderr == ""


def test_version_as_json_has_the_facts(service):
    facts = json.loads(service.run("version", "--json").stdout)
    folders = sorted(path.parent.name for path in (REPOSITORY / "db/migrations").glob("*/migration.sql"))
    assert facts["newestMigration"] == folders[-1] and facts["migrations"] == len(folders)
    assert facts["libpq"] >= 150000 and facts["compiler"] and facts["build"]
    assert facts["version"] in service.run("version").stdout


def test_db_status_as_json_tells_where_everything_is(service):
    status = json.loads(service.run("db", "status", "--json").stdout)
    assert status["running"] is True and status["pid"] in service.postgres_pids() and status["version"] == "15"
    for part in ("data", "socket", "log"):
        assert pathlib.Path(status[part]).is_relative_to(service.state) and pathlib.Path(status[part]).exists()
    assert status["url"] == json.loads(service.run("db", "url", "--json").stdout)["url"] == service.database_url


def test_statements_can_be_printed_and_read_by_scripts(service):
    lines = [json.loads(line) for line in service.run("client", "statements", "--json").stdout.splitlines()]
    named = {line["name"]: line["sql"] for line in lines}
    assert len(named) == len(lines) > 15
    assert service.run("client", "statements", "find_product").stdout.strip() == named["find_product"].strip()
    assert "no_such" in failure(service, "client", "statements", "no_such")


def test_accounts_and_tokens_as_json(service, database):
    email = new_email("json")
    made = json.loads(service.run("user", "add", email, "--password-stdin", "--name", "Jo", "--json",
                                  stdin=PASSWORD).stdout)
    assert (made["email"], made["role"]) == (email, "OWNER")
    assert database.execute('SELECT id, fullname FROM "User" WHERE email = %s', (email,)).fetchone() == (made["id"], "Jo")
    token = json.loads(service.run("token", email, "--json").stdout)
    assert token["user"] == made["id"] and token["expiresInSeconds"] == 24 * 3600 and token["token"].count(".") == 2


def test_an_error_is_json_too(service):
    for arguments in (["token", "nobody@shop.example"], ["client", "statements", "no_such"],
                      ["user", "add", "no address", "--password-stdin"],
                      ["import", "/no/such.csv", "--user", "nobody@shop.example"]):
        done = service.run(*arguments, "--json", stdin=PASSWORD, check=False)
        error = json.loads(done.stdout)["error"]
        assert done.returncode == 1 and done.stderr == ""
        assert error["code"] and error["message"] and error["remedy"], arguments


# --- accounts -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("email", ["nobody", "@shop.example", "a@shop", "a@.example", "a b@shop.example", "a@b@shop.example",
                                   "a@shop.example\n", "x" * 250 + "@shop.example", ""])
def test_what_is_no_address_is_refused(service, database, email):
    before = database.execute('SELECT count(*) FROM "User"').fetchone()
    assert "e-mail" in failure(service, "user", "add", email, "--password-stdin", stdin=PASSWORD)
    assert database.execute('SELECT count(*) FROM "User"').fetchone() == before


@pytest.mark.parametrize("password", ["", "\n", "seven77", "\nlong enough but in the second line"])
def test_a_weak_password_is_refused(service, database, password):
    email = new_email("weak")
    assert "password" in failure(service, "user", "add", email, "--password-stdin", stdin=password)
    assert database.execute('SELECT count(*) FROM "User" WHERE email = %s', (email,)).fetchone() == (0,)


def test_a_password_is_never_an_argument(service):
    said = failure(service, "user", "add", new_email("argument"))
    assert "--password-stdin" in said
    assert service.run("user", "add", new_email("argument"), "--password", PASSWORD, check=False).returncode == 2


def test_staff_belong_to_an_owner(service, tenant, database):
    assert "--owner" in failure(service, "user", "add", new_email("s"), "--password-stdin", "--role", "STAFF", stdin=PASSWORD)
    staff = new_email("staff")
    service.run("user", "add", staff, "--password-stdin", "--role", "STAFF", "--owner", tenant.email.upper(), stdin=PASSWORD)
    made = database.execute('SELECT role::text, "ownerId" FROM "User" WHERE email = %s', (staff,)).fetchone()
    assert made == ("STAFF", tenant.id)
    # Staff own nobody.
    assert staff in failure(service, "user", "add", new_email("s"), "--password-stdin", "--role", "STAFF", "--owner", staff,
                            stdin=PASSWORD)
    assert service.run("user", "add", new_email("s"), "--password-stdin", "--role", "KING", stdin=PASSWORD,
                       check=False).returncode == 2


def test_a_token_is_for_accounts_that_are_there(service):
    email = new_email("nobody")
    said = failure(service, "token", email)
    assert email in said and "user add" in said


def test_an_import_says_what_is_missing(service, tenant, tmp_path):
    assert "/no/such.csv" in failure(service, "import", "/no/such.csv", "--user", tenant.email)
    file = tmp_path / "products.csv"
    file.write_text("sku,name\nA,B\n")
    nobody = new_email("nobody")
    assert nobody in failure(service, "import", file, "--user", nobody)
    assert "klingon" in failure(service, "import", file, "--user", tenant.email, "--dialect", "klingon")


# --- settings -------------------------------------------------------------------------------------------------------------

def test_a_misspelt_setting_is_found_with_the_one_that_was_meant(new_service):
    """D-70: a setting that nobody reads was no trouble."""
    other = new_service()
    other.state.mkdir()
    (other.state / "pixelpim.toml").write_text("prot = 3000\n")
    said = failure(other, "db", "status")
    assert "prot" in said and '"port"' in said and "pixelpim.toml" in said
    (other.state / "pixelpim.toml").write_text("port = 3000\nlisten = \n")
    assert "line 2" in failure(other, "db", "status")


@pytest.mark.parametrize("name,value,command", [
    ("PORT", "http", ["up"]), ("LOG_LEVEL", "loud", ["up"]), ("JWT_EXPIRES_IN", "soon", ["token", "a@shop.example"]),
    ("RETENTION_DAYS", "0", ["up"]), ("DATABASE_URL", "mysql://x/y", ["migrate", "status"]),
    ("DATABASE_URL", "postgresql://x/y?pgbouncer=true", ["migrate", "status"]), ("JWT_SECRET", "Tr0ub4dor", ["token", "a@shop.example"])])
def test_a_wrong_setting_in_the_environment_is_named(new_service, name, value, command):
    """D-24, D-70: nothing starts with a value that it would have to leave aside, nor with a weak secret."""
    said = failure(new_service(environment={name: value}), *command)
    assert name in said
    assert name != "JWT_SECRET" or value not in said, "a secret is not printed"


def test_d70_the_page_of_settings_has_the_names_that_the_program_reads():
    """D-70: those that were written down and those that were read differed, and mail was silently not set up."""
    source = (REPOSITORY / "src/config/config.cpp").read_text().partition("constexpr auto settings")[2].partition("});")[0]
    read = re.findall(r'^    \{"(\w+)", (?:"(\w+)"|nullptr), ', source, re.M)
    rows = [line.split("|")[1:3] for line in (REPOSITORY / "docs/guide/settings.md").read_text().splitlines() if line.startswith("| ")]
    for column, extra in ((0, set()), (1, {"PIXELPIM_STATE"})):  # (the folder that the file of settings is in)
        written = [name for row in rows for name in re.findall(r"`(\w+)`", row[column])]
        assert sorted(written) == sorted({names[column] for names in read if names[column]} | extra)


def test_the_commands_of_our_own_database_step_back_for_another_one(new_service):
    other = new_service(environment={"DATABASE_URL": "postgresql://db.shop.example/pim"})
    for command in ("start", "stop", "status", "url"):
        assert "DATABASE_URL" in failure(other, "db", command)
    assert not other.state.exists(), "nothing was made"


# --- the embedded PostgreSQL ----------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def cluster():
    """One whose database these tests start, stop, kill and damage; each leaves it fit to be started."""
    made = Service()
    try:
        yield made
    finally:
        made.remove()


def answers(cluster) -> bool:
    with cluster.connect() as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def unfinished(cluster) -> list[pathlib.Path]:
    """Clusters that are being made, or that a killed start has left."""
    return sorted(cluster.state.glob("postgres.unfinished*"))


def pid_of(cluster) -> int:
    return json.loads(cluster.run("db", "status", "--json").stdout)["pid"]


def claim(lock_file: pathlib.Path, pid: int):
    """Puts another number into a lock file of PostgreSQL's, as if it had been given to another process since a crash."""
    lock_file.write_text("\n".join([str(pid), *lock_file.read_text().splitlines()[1:]]) + "\n")
    shutil.chown(lock_file, lock_file.parent.owner(), lock_file.parent.group())


def test_before_it_is_made_it_is_said_to_be_missing(cluster):
    done = cluster.run("db", "status", check=False)
    assert done.returncode == 3 and "db start" in done.stdout
    assert json.loads(cluster.run("db", "status", "--json", check=False).stdout)["running"] is False
    assert cluster.run("db", "stop").returncode == 0
    assert cluster.run("db", "url").stdout.startswith("postgresql:///pixelpim?")
    assert not cluster.state.exists(), "looking makes nothing"


def test_two_starts_at_once_make_one_cluster(cluster):
    both = [subprocess.Popen([PROGRAM, "db", "start", "--json"], env=cluster.environment, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0, 0], outputs
    assert len({json.loads(out)["pid"] for out, _ in outputs}) == 1
    assert answers(cluster)
    assert not unfinished(cluster)


def test_a_second_start_changes_nothing(cluster):
    cluster.run("db", "start")
    before = cluster.postgres_pids()
    cluster.run("db", "start")
    assert set(before) & set(cluster.postgres_pids())
    assert cluster.run("db", "status").returncode == 0


def test_it_can_be_reached_by_its_socket_only(cluster):
    with cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        postmaster = min(cluster.postgres_pids())
    listening = pathlib.Path(f"/proc/{postmaster}/net/tcp").read_text().split("\n")[1:]
    inodes = {os.readlink(link) for link in pathlib.Path(f"/proc/{postmaster}/fd").iterdir()}
    assert not [line for line in listening if line and f"socket:[{line.split()[9]}]" in inodes]
    assert pathlib.Path(f"/proc/{postmaster}").stat().st_uid != 0, "never as root"
    assert (cluster.state / "postgres").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not is_root, reason="becoming another user needs root")
def test_other_users_of_the_machine_do_not_get_in(cluster):
    done = subprocess.run(["psql", "-XAtc", "SELECT 1", cluster.database_url], capture_output=True, text=True, user="nobody")
    assert done.returncode != 0 and "Peer authentication failed" in done.stderr


def test_psql_opens_on_it(cluster):
    done = cluster.run("db", "psql", "--", "-XAt", "-c", "SELECT current_database(), 6 * 7")
    assert done.stdout.strip() == "pixelpim|42"
    assert cluster.run("db", "psql", stdin="SELECT 6 * 8 AS answer;\n").stdout.split()[2] == "48"
    assert cluster.run("db", "psql", "--", "-c", "SELECT wrong", check=False).returncode != 0


def test_stop_and_start_keep_what_is_in_it(cluster):
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        assert cluster.run("db", "stop").returncode == 0, "also with somebody connected"
    assert cluster.postgres_pids() == []
    assert cluster.run("db", "status", check=False).returncode == 3
    assert cluster.run("db", "stop").returncode == 0
    cluster.run("db", "start")
    with cluster.connect() as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_commands_start_it_by_themselves(cluster):
    cluster.run("db", "stop")
    assert cluster.run("migrate", "status", check=False).returncode == 1
    assert cluster.run("db", "status").returncode == 0


def test_killed_with_everything_it_starts_again(cluster):
    cluster.run("db", "start")
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE committed AS SELECT 43 AS n")
    cluster.kill_postgres()
    assert cluster.run("db", "status", check=False).returncode == 3
    cluster.run("db", "start")
    with cluster.connect() as connection:
        assert connection.execute("SELECT n FROM committed").fetchone() == (43,)


def test_killed_with_only_its_postmaster_it_starts_again(cluster):
    """The children hold the shared memory for a moment longer."""
    cluster.run("db", "start")
    with cluster.connect() as connection:
        connection.execute("SELECT 1")
        postmaster = json.loads(cluster.run("db", "status", "--json").stdout)["pid"]
        os.kill(postmaster, signal.SIGKILL)
        cluster.run("db", "start")
    assert answers(cluster) and postmaster not in cluster.postgres_pids()


def test_a_pid_file_of_a_process_that_is_something_else_is_not_believed(cluster):
    cluster.run("db", "start")
    cluster.kill_postgres()
    pid_file = cluster.state / "postgres/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        pid_file.write_text("\n".join([str(sleeper.pid), *lines[1:]]) + "\n")
        assert cluster.run("db", "status", check=False).returncode == 3
        cluster.run("db", "start")
        assert sleeper.poll() is None and answers(cluster)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_pid_file_of_another_postgresql_is_not_believed(cluster, new_service):
    other = new_service()
    other.run("db", "start")
    cluster.run("db", "start")
    theirs = pid_of(other)
    for name in ("postgres/postmaster.pid", "run/.s.PGSQL.5432.lock"):
        cluster.kill_postgres()
        claim(cluster.state / name, theirs)
        assert cluster.run("db", "status", check=False).returncode == 3
        assert cluster.run("db", "stop").returncode == 0
        assert theirs in other.postgres_pids(), "another database was stopped"
        cluster.run("db", "start")
        assert answers(cluster) and answers(other) and pid_of(cluster) != theirs == pid_of(other)


@pytest.mark.parametrize("text", ["", "nonsense\n", "0\n"], ids=["empty", "words", "zero"])
def test_a_damaged_pid_file_is_not_in_the_way(cluster, text):
    cluster.run("db", "stop")
    (cluster.state / "postgres/postmaster.pid").write_text(text)
    assert cluster.run("db", "status", check=False).returncode == 3
    cluster.run("db", "start")
    assert answers(cluster)


@pytest.mark.skipif(not is_root or not shutil.which("setpriv"), reason="needs root, and setpriv")
def test_root_in_a_container_knows_it_too(cluster):
    """Containers take CAP_SYS_PTRACE away: then root does not see where other users' processes work."""
    cluster.run("db", "start")
    before = pid_of(cluster)

    def contained(*arguments):
        return subprocess.run(["setpriv", "--bounding-set=-sys_ptrace", PROGRAM, *arguments], env=cluster.environment,
                              capture_output=True, text=True, timeout=60)

    assert json.loads(contained("db", "status", "--json").stdout)["pid"] == before
    assert contained("db", "start").returncode == 0 and pid_of(cluster) == before
    assert contained("db", "stop").returncode == 0
    assert cluster.postgres_pids() == []


@pytest.mark.alone
def test_what_waiting_does_not_mend_is_told_at_once(cluster):
    cluster.run("db", "start")
    cluster.run("db", "stop")
    settings = cluster.state / "postgres/postgresql.conf"
    before = settings.read_text()
    try:
        settings.write_text(before + "no_such_setting = 1\n")
        begin = time.monotonic()
        said = failure(cluster, "db", "start")
        assert time.monotonic() - begin < 15, "not the 20 s that it waits for what time mends"
        assert 'unrecognized configuration parameter "no_such_setting"' in said and "postgres.log" in said
        assert len(said.splitlines()) < 8, "only what this start said"
    finally:
        settings.write_text(before)
    cluster.run("db", "start")
    assert answers(cluster)


def test_a_signal_for_the_terminal_does_not_reach_it(cluster):
    """It is in a session of its own: Ctrl-C on the command that started it is not for it."""
    cluster.run("db", "start")
    assert all(os.getsid(pid) != os.getsid(0) for pid in cluster.postgres_pids())


def test_data_of_another_version_is_left_alone(cluster):
    cluster.run("db", "stop")
    version = cluster.state / "postgres/PG_VERSION"
    version.write_text("14\n")
    try:
        for command in (["db", "start"], ["migrate", "status"], ["up", "--port", str(free_port())]):
            said = failure(cluster, *command)
            assert "PostgreSQL 14" in said and "15" in said and "postgresql-14" in said and str(version.parent) in said
        assert "14" in cluster.run("db", "status", check=False).stdout
    finally:
        version.write_text("15\n")
    cluster.run("db", "start")
    assert answers(cluster)


def move(cluster, to: pathlib.Path) -> pathlib.Path:
    before = cluster.state
    before.rename(to)
    cluster.state, cluster._database_url = to, None
    return before


def come_back(cluster, to: pathlib.Path):
    if cluster.postgres_pids():
        cluster.kill_postgres()
    move(cluster, to)


def test_a_state_folder_can_be_moved(cluster):
    """The socket moves with it."""
    cluster.run("db", "stop")
    before = move(cluster, cluster.folder / "moved - with spaces & 100 %")
    try:
        cluster.run("db", "start")
        assert answers(cluster)
        cluster.run("db", "stop")
    finally:
        come_back(cluster, before)


@pytest.mark.parametrize("name", ["a, b", "anna's", "größe {2} *?&;|<>"])
def test_a_state_folder_may_have_almost_any_name(cluster, name):
    """libpq splits a socket's folder at commas; PostgreSQL's settings have their own quotes."""
    cluster.run("db", "stop")
    before = move(cluster, cluster.folder / name)
    try:
        cluster.run("db", "start")
        assert answers(cluster)
        socket = json.loads(cluster.run("db", "status", "--json").stdout)["socket"]
        with cluster.connect() as connection:
            lists, = connection.execute("SHOW unix_socket_directories").fetchone()
        assert lists.strip('"').replace('""', '"') == socket
        cluster.run("db", "stop")
    finally:
        come_back(cluster, before)


@pytest.mark.parametrize("name", ['the "new" one', "back\\slash", "$(touch made)", "`touch made`", "two\nlines"])
def test_names_that_a_shell_would_change_are_refused(new_service, name):
    """pg_ctl gives paths to one."""
    other = new_service()
    other.state = other.folder / name
    assert str(other.state) in failure(other, "db", "start")
    assert not other.state.exists()


def test_a_long_path_has_its_socket_elsewhere(cluster):
    """Paths of sockets end at 107 bytes."""
    cluster.run("db", "stop")
    (cluster.folder / ("x" * 60)).mkdir()
    before = move(cluster, cluster.folder / ("x" * 60) / ("y" * 60))
    try:
        cluster.run("db", "start")
        assert answers(cluster)
        socket_folder = json.loads(cluster.run("db", "status", "--json").stdout)["socket"]
        assert len(socket_folder) < 90
        cluster.run("db", "stop")
        shutil.rmtree(socket_folder)
    finally:
        come_back(cluster, before)


def test_a_half_made_cluster_is_made_anew(new_service):
    """initdb was killed: what it had begun has another name, and goes."""
    other = new_service()
    rest = other.state / "postgres.unfinished"
    (rest / "base/1").mkdir(parents=True)
    (rest / "PG_VERSION").write_text("15\n")
    other.run("db", "start")
    assert answers(other) and not rest.exists()


def kill_in_initdb(service):
    """kill -9 of a first start, and of nothing else: its initdb goes on."""
    process = subprocess.Popen([PROGRAM, "db", "start"], env=service.environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    wait_until(lambda: any((folder / "PG_VERSION").exists() for folder in unfinished(service)), 30, "initdb to begin", 0.005)
    process.kill()
    process.wait()


def is_free(folder: int) -> bool:
    """Takes the lock of a folder that is open, where nobody has it."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("attempt", range(3))
def test_killed_while_it_makes_the_cluster_the_next_start_makes_it(new_service, attempt):
    other = new_service()
    kill_in_initdb(other)
    left, = unfinished(other)
    writer = os.open(left, os.O_RDONLY)
    other.run("db", "start")
    assert answers(other)
    other.run("db", "stop")
    wait_until(lambda: is_free(writer), 60, "the first initdb to end")
    os.close(writer)
    other.run("db", "start")
    assert not unfinished(other) and answers(other)


def test_a_cluster_that_somebody_still_makes_is_not_taken_away(new_service):
    other = new_service()
    kill_in_initdb(other)
    left, = unfinished(other)
    writer = os.open(left, os.O_RDONLY)
    wait_until(lambda: is_free(writer), 30, "the first initdb to end")
    other.run("db", "start")
    assert unfinished(other) == [left] and answers(other)
    other.run("db", "stop")
    os.close(writer)
    other.run("db", "start")
    assert not unfinished(other)


@pytest.mark.parametrize("what", ["folder", "file", "empty file", "link to a folder", "link to nothing"])
def test_what_is_no_cluster_is_not_touched(new_service, what):
    other = new_service()
    other.state.mkdir()
    data = other.state / "postgres"
    if what == "folder":
        (data / "base").mkdir(parents=True)
        (data / "base/precious").write_text("data")
    elif "link" in what:
        (other.folder / "elsewhere").mkdir()
        data.symlink_to(other.folder / ("elsewhere" if what == "link to a folder" else "missing"))
    else:
        data.write_text("data" if what == "file" else "")
    before = data.lstat()
    said = failure(other, "db", "start")
    assert str(data) in said
    assert (data.lstat().st_ino, data.lstat().st_size) == (before.st_ino, before.st_size)
    assert what != "folder" or (data / "base/precious").read_text() == "data"
    assert not unfinished(other)


def test_an_empty_folder_becomes_the_cluster(new_service):
    other = new_service()
    (other.state / "postgres").mkdir(parents=True)
    other.run("db", "start")
    assert answers(other)


def test_stopping_where_nothing_is_makes_nothing(new_service):
    other = new_service()
    assert other.run("db", "stop").returncode == 0
    assert not other.state.exists()


@pytest.mark.parametrize("command", [["db", "start"], ["up"], ["migrate", "deploy"], ["token", "a@shop.example"]], ids=" ".join)
def test_a_state_folder_that_can_not_be_made_is_named(new_service, command):
    other = new_service()
    for state in ("/proc/no/such", other.folder / "a file/state"):
        (other.folder / "a file").touch()
        other.state = state
        assert str(state) in failure(other, *command)


@pytest.mark.skipif(not is_root, reason="root runs PostgreSQL as another user")
def test_a_way_that_the_databases_user_may_not_go_is_named(new_service):
    other = new_service()
    closed = other.folder / "closed"
    closed.mkdir(mode=0o700)
    other.state = closed / "state"
    said = failure(other, "db", "start")
    assert f"may not enter {closed}" in said and f"chmod a+x {closed}" in said


def reachable_by_others(path: pathlib.Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


@pytest.mark.skipif(not is_root, reason="becoming another user needs root")
@pytest.mark.skipif(not reachable_by_others(PROGRAM), reason="other users may not run the program where it lies")
def test_without_rights_it_says_so_and_with_them_it_needs_no_root(new_service):
    other = new_service()
    other.state.mkdir(mode=0o755)

    def as_nobody(*arguments):
        return subprocess.run([PROGRAM, *arguments], env=other.environment, capture_output=True, text=True, user="nobody",
                              group="nogroup", extra_groups=[], cwd="/", timeout=60)

    for command in (["db", "start"], ["up", "--port", str(free_port())], ["token", "a@shop.example"]):
        refused = as_nobody(*command)
        assert refused.returncode == 1 and str(other.state) in refused.stderr and "Permission denied" in refused.stderr
        assert "next: " in refused.stderr
    shutil.chown(other.state, "nobody")
    started = as_nobody("db", "start")
    assert started.returncode == 0, started.stderr
    assert as_nobody("db", "psql", "--", "-XAtc", "SELECT 6 * 7").stdout.strip() == "42"
    assert as_nobody("migrate", "deploy").returncode == 0
    assert as_nobody("db", "stop").returncode == 0
    assert other.postgres_pids() == []


def test_stop_does_not_pull_the_database_from_under_a_server(service):
    said = failure(service, "db", "stop")
    assert "pixelpim up" in said
    with service.client() as client:
        assert client.get("/health/ready").status_code == 200


@pytest.mark.skipif(not is_root, reason="becoming another user needs root")
@pytest.mark.skipif(not reachable_by_others(PROGRAM), reason="other users may not run the program where it lies")
def test_root_looking_at_another_users_installation_does_not_take_it_away(new_service):
    other = new_service()
    other.state.mkdir(mode=0o755)
    shutil.chown(other.state, "nobody")

    def as_nobody(*arguments):
        return subprocess.run([PROGRAM, *arguments], env=other.environment, capture_output=True, text=True, user="nobody",
                              group="nogroup", extra_groups=[], cwd="/", timeout=60)

    assert as_nobody("db", "start").returncode == 0
    for command in (["db", "status"], ["db", "psql", "--", "-c", "SELECT 1"], ["db", "stop"], ["db", "start"],
                    ["migrate", "deploy"], ["backup", "create"], ["deploy", "--confirm", "--jobs", "1"], ["db", "stop"]):
        done = other.run(*command, check=False)
        assert done.returncode == 0 or command[0] == "deploy", "there is no server to hand over to"
        taken = subprocess.run(["find", other.state, "-ignore_readdir_race", "!", "-user", "nobody"], capture_output=True, text=True, check=True)
        assert taken.stdout == "", command
    for command in (["db", "start"], ["db", "psql", "--", "-c", "SELECT 1"], ["backup", "create"], ["db", "stop"]):
        done = as_nobody(*command)
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not is_root, reason="files of other users need root")
def test_root_follows_no_link_of_the_databases_user(new_service):
    other = new_service()
    other.run("db", "start")
    other.run("db", "stop")
    precious = other.folder / "precious"
    precious.write_text("of root")
    settings = other.state / "postgres/pixelpim.conf"
    settings.unlink()
    settings.symlink_to(precious)
    assert str(settings) in failure(other, "db", "start")
    assert precious.read_text() == "of root" and precious.owner() == "root"


def test_stop_tells_what_is_wrong_with_the_lock_of_up(new_service):
    other = new_service()
    other.run("db", "start")
    (other.state / "up.lock").mkdir()
    said = failure(other, "db", "stop")
    assert "pixelpim up" not in said and "up.lock" in said and "Is a directory" in said


def test_a_databases_password_is_not_among_the_arguments_of_psql(service, tmp_path):
    """Everybody on a machine can list them."""
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\necho "in the environment: $PGPASSWORD"\n')
    psql.chmod(0o755)
    environment = service.environment | {"PATH": f"{tmp_path}:{os.environ['PATH']}",
                                         "DATABASE_URL": "postgresql://anna:se%27cret@db.example:5433/shop?schema=public"}
    done = subprocess.run([str(PROGRAM), "db", "psql", "--", "-c", "SELECT 1"], env=environment, capture_output=True, text=True)
    arguments, _, rest = done.stdout.partition("in the environment: ")
    assert "se'cret" not in arguments and "se%27cret" not in arguments and rest.strip() == "se'cret"
    assert "host='db.example'" in arguments and "user='anna'" in arguments and "SELECT 1" in arguments


# --- the demo -------------------------------------------------------------------------------------------------------------

def test_the_demo_is_there_once_and_its_log_in_works(new_service):
    demo = new_service()
    for time_of_start in ("first", "second"):
        process = subprocess.Popen([str(PROGRAM), "up", "--demo", "--port", str(demo.port)], env=demo.environment,
                                   stdin=subprocess.DEVNULL, stdout=demo.output_path.open("ab"), stderr=subprocess.STDOUT)
        demo.process = process
        demo.wait_ready()
        assert demo.output().count("297 products are there, 28 of them in the trash.") == 1, (time_of_start, demo.output())
        with demo.client() as client:
            answer = client.post("/auth/login", json={"email": "demo@pixelpim.example", "password": "demo-password"})
        assert answer.status_code == 201, answer.text
        with demo.client(answer.json()["token"]) as client:
            assert client.get("/products").json()["pagination"]["total"] > 50
            assert client.get("/products/deleted").json()["pagination"]["total"] == 28
            assert client.get("/trash").json()["kinds"] == {"product": 28}
        assert demo.stop() == 0
