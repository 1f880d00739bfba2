"""`pixelpim deploy`: the checklist and the plan, each step, the two mails, the hand-over under requests, kill -9 and the same command
again, the rehearsal, and every command of its page."""

import asyncio
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import threading
import time

import pytest

from databases import Database
from receivers import Inbox, receiving_mails
from service import PROGRAM, REPOSITORY, Service, alive, wait_until
from tenants import new_tenant
from test_adoption import columns_of, old_database, rows_of
from traffic import Traffic

KILLS = int(os.environ.get("PIXELPIM_DEPLOY_KILLS", "2"))


STEPS = ["announce", "backup", "adopt", "migrate", "archive", "client", "indexes", "handover", "verify", "tell"]
BEGINS, DONE = "[Maintenance] Soft Delete Feature Deployment", "[Complete] Soft Delete Feature Deployed Successfully"


@pytest.fixture(scope="module")
def inbox():
    with receiving_mails(Inbox()) as handler:
        yield handler


@pytest.fixture(scope="module")
def service(inbox):
    made = Service(environment={"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(inbox.port), "SMTP_FROM": "PixelPim <pim@example.com>", "SMTP_SECURITY": "none",
                                "TEAM_MAIL": "anna@example.com, ben@example.com", "CONTACT": "ops@example.com"}).start()
    yield made
    made.stop()
    made.remove()


@pytest.fixture(scope="module")
def owner(service):
    with service.connect() as operator:
        tenant = new_tenant(service, operator)
        tenant.create(name="Boot")
        yield tenant


def deploy(service, *arguments, code: int = 0) -> dict:
    done = service.run("deploy", "--json", *arguments, check=False, timeout=900)
    assert done.returncode == code, done.stdout + done.stderr + service.output()
    return json.loads(done.stdout)


def step_of(deployment: dict, name: str) -> dict:
    return next(step for step in deployment["steps"] if step["name"] == name)


def test_the_plan_changes_nothing(service, owner, inbox):
    planned = deploy(service)
    assert planned["state"] == "planned" and not any(step["done"] for step in planned["steps"])
    assert [step["name"] for step in planned["steps"]] == STEPS
    assert service.url == planned["server"] and str(service.process.pid) in step_of(planned, "handover")["seen"]
    assert not list((service.state / "backups").glob("backup_*")) and inbox.mails == []
    checks = {each["name"]: each for each in planned["checks"]}
    assert list(checks)[:5] == ["backup", "migration", "indexes", "team", "rollback"] and "makes one first" in checks["backup"]["seen"]
    assert "anna@example.com" in checks["team"]["seen"] and checks["mail"]["verdict"] == "ok"


def test_a_deployment_under_requests_refuses_nobody(service, owner, inbox):
    """Trap 24: a probe all along, in the report; the program is replaced in its place, and clients wait for the new one. The team is told
    when it begins and when it is done, each of them once."""
    before = (service.state / "server.txt").read_text().split()
    with service.connect() as operator:
        tenants = [new_tenant(service, operator) for _ in range(3)]
    with Traffic(service, tenants) as load:
        load.phase = "deploy"
        done = deploy(service, "--confirm", "--jobs", "1", "--by", "Anna Berg", "--minutes", "7")
    after = (service.state / "server.txt").read_text().split()
    assert load.failed == [] and load.phases["deploy"].asked > 3
    assert after[0] == before[0] == str(service.process.pid) and after[3] != before[3], "the same process, another program"
    assert done["state"] == "done" and all(step["done"] for step in done["steps"])
    assert done["probe"]["failures"] == 0 and done["probe"]["requests"] > 10, done["probe"]
    report = pathlib.Path(done["report"]).read_text()
    assert f"{done['probe']['requests']} requests" in report and "grade A" in report and "way back" in report
    print(f"\n{load.phases['deploy']}; probe {done['probe']}")
    assert alive(service.process.pid)
    owner.get("/products")
    assert [(recipient, str(mail["Subject"])) for recipient, mail in inbox.mails] == [
        ("anna@example.com", BEGINS), ("ben@example.com", BEGINS), ("anna@example.com", DONE), ("ben@example.com", DONE)]
    begins, ended = (inbox.mails[number][1] for number in (0, 2))
    assert f"Date: {done['began'][:10]}" in text_of(begins) and f"Time: {done['began'][11:16]} UTC (estimated 7 minutes)" in text_of(begins)
    assert "Migration: Applied successfully" in text_of(ended) and "Verification: All tests passed" in text_of(ended)
    for mail in (begins, ended):
        assert "ops@example.com" in text_of(mail) and text_of(mail).rstrip().endswith("Anna Berg")
        assert not any(sign in text_of(mail) + text_of(mail, "html") for sign in ("{{", "}}", "[DATE]", "[TIME]", "[CONTACT]", "[YOUR NAME]"))
    assert "told: anna@example.com, ben@example.com" in report and "Anna Berg" in report and "The checklist" in report


def text_of(mail, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content()


def test_a_mail_that_a_killed_run_was_sending_is_not_sent_twice(service, owner, inbox):
    """The journal has whom it goes to before it goes: killed between the two, nobody gets it again, and it is said."""
    inbox.mails.clear()
    inbox.holds, inbox.freed = threading.Event(), threading.Event()

    async def hold(server, session, envelope):
        await Inbox.handle_DATA(inbox, server, session, envelope)
        inbox.holds.set()
        while not inbox.freed.is_set():
            await asyncio.sleep(0.02)
        return "250 OK"

    inbox.handle_DATA = hold
    try:
        process = subprocess.Popen([str(PROGRAM), "deploy", "--confirm", "--jobs", "1"], env=service.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert inbox.holds.wait(60) and inbox.subjects() == [BEGINS]
        process.kill()
        process.wait()
    finally:
        inbox.freed.set()
        del inbox.handle_DATA
    done = deploy(service, "--confirm", "--jobs", "1")
    assert "stopped while it told anna@example.com" in step_of(done, "announce")["seen"]
    assert sorted((recipient, str(mail["Subject"])) for recipient, mail in inbox.mails) == [
        ("anna@example.com", DONE), ("anna@example.com", BEGINS), ("ben@example.com", DONE), ("ben@example.com", BEGINS)]


def kill_somewhere(environment: dict, moments: random.Random) -> bool:
    """Starts a deployment and kills it: after some line that it says, and some time. Was it at work?"""
    process = subprocess.Popen([str(PROGRAM), "deploy", "--confirm", "--jobs", "1"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True)
    said, lines, wanted = threading.Event(), [], moments.randrange(1, 45)

    def read():
        for line in process.stderr:
            lines.append(line)
            if len(lines) >= wanted:
                said.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    wait_until(lambda: said.is_set() or process.poll() is not None, 240, "it to have come so far")
    time.sleep(moments.uniform(0, 0.3))
    was_at_work = process.poll() is None
    process.kill()
    process.wait()
    reader.join()
    return was_at_work


def test_killed_at_any_moment_the_same_command_goes_on(service, owner, inbox):
    """kill -9 anywhere: the steps that are done are not done again, nobody gets a mail twice, and the service goes on answering.
    (PIXELPIM_DEPLOY_KILLS)"""
    killed = 0
    inbox.mails.clear()
    for number in range(KILLS):
        was_at_work = kill_somewhere(service.environment, random.Random(number))
        killed += was_at_work
        known = {step["name"] for step in deploy(service)["steps"] if step["done"]} if was_at_work else set()
        backups = len(list((service.state / "backups").glob("backup_*/manifest.json")))
        if not was_at_work:
            continue
        done = deploy(service, "--confirm", "--jobs", "1")
        assert done["state"] == "done" and [step["name"] for step in done["steps"]] == STEPS and all(step["done"] for step in done["steps"])
        if "backup" in known:
            assert len(list((service.state / "backups").glob("backup_*/manifest.json"))) == backups, "that step was done"
        report = re.search("report ([0-9a-f]{12})", step_of(done, "verify")["seen"])[1]
        for step, subject, fact in (("announce", BEGINS, f"Time: {done['began'][11:16]} UTC"), ("tell", DONE, f"report {report}")):
            for recipient in ("anna@example.com", "ben@example.com"):
                got = any(whom == recipient and mail["Subject"] == subject and fact in text_of(mail) for whom, mail in inbox.mails)
                assert got or "not sent twice" in step_of(done, step)["seen"], (number, step, recipient)
        owner.get("/products")
    print(f"\n{KILLS} kills, {killed} of a deployment that was at work")
    assert killed > 0
    assert max(collections.Counter((recipient, text_of(mail)) for recipient, mail in inbox.mails).values()) == 1, "nobody got a mail twice"


def test_a_second_operator_is_told(service, owner):
    process = subprocess.Popen([str(PROGRAM), "deploy", "--confirm"], env=service.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: json.loads(service.run("deploy", "--json").stdout)["state"] and (service.state / "deploy.lock").exists(), 30, "it to begin")
    refused = service.run("deploy", "--confirm", check=False)
    assert process.poll() is not None or "Another deployment is under way" in refused.stderr
    assert process.wait(180) == 0


# --- from the service that is replaced ------------------------------------------------------------------------------------------

def review(database: Database):
    database.run("preflight", "review", "migration", "--by", "Anna Berg")


def test_a_database_of_the_replaced_service_is_deployed_step_by_step(tmp_path):
    """Backup first, adopted, migrated; it stops where the server is to be started, says so, and goes on there."""
    database = old_database(2)
    review(database)
    done = database.run("deploy", "--confirm", "--jobs", "1", check=False, timeout=900)
    assert done.returncode == 1 and "No PixelPim serves" in done.stderr and "The same command goes on from here" in done.stderr, done.stderr
    assert "no mail is sent: there is no team" in done.stderr
    assert database.fetch("""SELECT detail ->> 'state' FROM "_pixelpim_journal" WHERE operation = 'baseline'""") == [("newest",)]
    steps = {step["name"]: step["done"] for step in json.loads(database.run("deploy", "--json").stdout)["steps"]}
    assert [name for name in STEPS if not steps[name]] == ["handover", "verify", "tell"]


def test_what_the_checklist_says_no_to_stops_it_before_anything_is_done():
    """Rows that are in the way; a migration that nobody reviewed; mails that would not be whole. The plan says so, too."""
    database = old_database(2)
    database.script("""DROP INDEX "Product_sku_userId_key";
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('Twin', 'S', 1, now())""")
    before = database.dump()
    team = {"TEAM_MAIL": "anna@example.com", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "1", "SMTP_SECURITY": "none", "SMTP_FROM": "pim@example.com"}
    program = Service(database.program.folder, database.program._environment | team)
    planned = program.run("deploy", "--json", check=False)
    failed = {each["name"]: each for each in json.loads(planned.stdout)["checks"] if each["verdict"] == "fail"}
    assert planned.returncode == 1 and set(failed) == {"migration", "data", "team", "mail"} and all(each["remedy"] for each in failed.values())
    done = program.run("deploy", "--confirm", check=False, timeout=900)
    assert done.returncode == 1 and "Nothing was done" in done.stderr and "duplicates" in done.stderr and "review migration" in done.stderr
    assert "Set contact" in done.stderr and "→" in done.stderr, "the plan is shown before it"
    assert database.dump() == before and backups_of(database) == []


def backups_of(database: Database) -> list[pathlib.Path]:
    return sorted(path for path in (database.program.state / "backups").glob("backup_*/manifest.json")
                  if json.loads(path.read_text())["database"] == database.name)


def test_a_backup_that_is_less_than_grade_a_stops_it():
    """A table that no restore can fill: it is in the dump, and only a restore finds that out."""
    database = old_database(2)
    review(database)
    database.script("""CREATE TABLE "Theirs" (id int); INSERT INTO "Theirs" VALUES (1);
        CREATE FUNCTION is_theirs(int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM "Theirs" t WHERE t.id = $1)';
        CREATE TABLE "Checked" (id int CHECK (is_theirs(id))); INSERT INTO "Checked" VALUES (1)""")
    done = database.run("deploy", "--confirm", "--jobs", "1", check=False, timeout=900)
    assert done.returncode == 1 and "pg_restore failed" in done.stderr and 'stopped at the step "Back up the database' in done.stderr, done.stderr
    assert database.fetch("""SELECT to_regclass('"Deletion"') IS NULL, to_regclass('"_pixelpim_migrations"') IS NULL""") == [(True, True)]


@pytest.mark.parametrize("why", ["a day old", "damaged"])
def test_a_backup_that_is_no_good_any_more_is_made_again_before_the_database_is_changed(why):
    """Stopped between backup and migrations; what happens to the backup meanwhile."""
    database = old_database(2)
    review(database)
    with database.connect() as other:
        other.execute("SELECT pg_advisory_lock(7270736901)")  # of those who change the schema
        process = subprocess.Popen([str(PROGRAM), "deploy", "--confirm", "--jobs", "1"], env=database.program.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        wait_until(lambda: database.fetch("""SELECT to_regclass('"_pixelpim_journal"') IS NOT NULL""")[0][0] and database.fetch(
            """SELECT 1 FROM "_pixelpim_journal" WHERE operation = 'deploy' AND detail -> 'steps' @> '[{"name": "backup", "done": true}]'"""), 120, "the backup")
        process.kill()
        process.wait()
        [manifest] = backups_of(database)
        if why == "damaged":
            grade = manifest.parent.parent / f"{manifest.parent.name}.grade.json"
            grade.write_text(grade.read_text().replace('"A"', '"D"'))
        else:
            manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"createdAt": "2026-01-01T00:00:00Z"}))
    assert not step_of(json.loads(database.run("deploy", "--json").stdout), "backup")["done"]
    done = database.run("deploy", "--confirm", "--jobs", "1", check=False, timeout=900)
    assert "No PixelPim serves" in done.stderr and len(backups_of(database)) == 2, done.stderr


def test_what_was_reviewed_is_reviewed_when_a_part_of_it_is_applied():
    """Stopped between two migrations, or after the adoption, the same command goes on: what is left was read, too."""
    database = old_database(2)
    review(database)
    database.run("migrate", "baseline", "--confirm")

    def migration() -> str:
        return next(each["verdict"] for each in json.loads(database.run("preflight", "--json", check=False).stdout)["checks"] if each["name"] == "migration")

    assert migration() == "ok"
    database.script("""UPDATE "_pixelpim_journal" SET detail = detail || jsonb_build_object('items', (detail -> 'items') - 5) WHERE operation = 'review.migration'""")
    assert migration() == "fail", "one of them was not"


def test_what_a_full_rollback_put_aside_can_be_left_there():
    """test_evening.py has the deployment that takes it in."""
    database = old_database(2)
    review(database)
    for command in (("migrate", "baseline", "--confirm"), ("migrate", "deploy"), ("backup", "create", "--verify", "--jobs", "1"), ("rollback", "full", "--confirm")):
        database.run(*command)
    done = database.run("deploy", "--confirm", "--jobs", "1", "--leave-archive", check=False, timeout=900)
    assert "No PixelPim serves" in done.stderr and "stays where it is" in done.stderr, done.stderr
    assert database.fetch("""SELECT state FROM "_pixelpim_journal" WHERE operation = 'rollback.full'""") == [("done",)]
    assert database.fetch('SELECT DISTINCT kind FROM "Deletion"') == [("adopted",)], "of the rows that were in the trash before"
    assert not json.loads(database.run("rollback", "full", "--undo", "--json").stdout)["doneBefore"]


def test_killed_while_it_takes_over_a_database_the_same_command_goes_on():
    """As far as it can go without a server: what is there then is what it is without a kill, and no row is lost. (PIXELPIM_DEPLOY_KILLS)"""
    killed, tables, rows, wanted = 0, None, None, None
    for number in range(KILLS):
        database = old_database(2)
        review(database)
        if rows is None:
            columns = columns_of(database)
            tables = sorted(table for table in columns if not table.startswith("_"))
            rows = rows_of(database, tables, columns)
        if number > 0:
            killed += kill_somewhere(database.program.environment, random.Random(number))
        done = database.run("deploy", "--confirm", "--jobs", "1", check=False, timeout=900)
        assert "No PixelPim serves" in done.stderr, (number, done.stderr)
        assert rows_of(database, tables, columns) == rows, number
        wanted = wanted or database.dump()
        assert database.dump() == wanted, number
        for made in backups_of(database):
            shutil.rmtree(made.parent)
    print(f"\n{KILLS - 1} kills, {killed} of a deployment that was at work")


def test_the_rehearsal_says_what_takes_how_long_and_leaves_nothing():
    database = old_database(2)
    before = database.dump()
    databases = database.fetch("SELECT datname FROM pg_database ORDER BY 1")
    database.run("backup", "create", "--jobs", "1")
    rehearsed = json.loads(database.run("deploy", "--rehearse", "--json", timeout=900).stdout)
    names = [step["name"] for step in rehearsed["steps"]]
    assert "20261124090000_trash" in names and names[-1] == "indexes" and all(step["seconds"] > 0 for step in rehearsed["steps"])
    trash = next(step for step in rehearsed["steps"] if step["name"] == "20261124090000_trash")
    assert any("ACCESS EXCLUSIVE" in lock for lock in trash["locks"]) and rehearsed["totalSeconds"] > 0
    assert database.dump() == before and database.fetch("SELECT datname FROM pg_database ORDER BY 1") == databases


# --- the page -------------------------------------------------------------------------------------------------------------------

def test_every_command_of_the_page_does_what_it_says(service, owner, tmp_path):
    page = (REPOSITORY / "docs/operations/deploy.md").read_text()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pixelpim").symlink_to(PROGRAM)
    for command, shown in re.findall(r"^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", page, re.M | re.S):
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=300,
                              env=service.environment | {"PATH": f"{programs}:/usr/bin:/bin", "SCRATCH": str(tmp_path)})
        assert done.returncode == 0, command + done.stdout + done.stderr
        for line in shown.splitlines():
            assert line in done.stdout, (command, done.stdout)
