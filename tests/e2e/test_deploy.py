"""`pixelpim deploy`: the plan, each step, the hand-over under requests, kill -9 and the same command again, the rehearsal, and every
command of its page."""

import json
import os
import pathlib
import random
import re
import subprocess
import threading
import time

import httpx
import pytest

from databases import Database
from service import PROGRAM, REPOSITORY, Service, alive, wait_until
from tenants import new_tenant
from test_adoption import old_database

KILLS = int(os.environ.get("PIXELPIM_DEPLOY_KILLS", "3"))


@pytest.fixture(scope="module")
def service():
    made = Service().start()
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
    done = service.run("deploy", "--json", *arguments, check=False, timeout=300)
    assert done.returncode == code, done.stdout + done.stderr + service.output()
    return json.loads(done.stdout)


class Load:
    """Clients that write and read all along, on connections of their own and on kept ones; what fails is kept."""

    def __init__(self, service: Service, token: str):
        self.failed, self.asked, self.longest, self.over = [], 0, 0.0, threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(service, token, number)) for number in range(3)]

    def _work(self, service, token, number):
        keeps = httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60)
        while not self.over.is_set():
            began = time.monotonic()
            try:
                client = keeps if number == 0 else httpx.Client(base_url=service.url, headers=keeps.headers, trust_env=False, timeout=60)
                for answer in (client.get("/products"), client.post("/products", json={"name": f"L{number}-{self.asked}-{began}", "sku": f"{number}-{began}"})):
                    if answer.status_code >= 400:
                        self.failed.append(answer.text)
            except httpx.TransportError as error:
                if number != 0 or "disconnected" not in str(error):  # a kept connection may be closed between two requests
                    self.failed.append(repr(error))
            self.asked += 1
            self.longest = max(self.longest, time.monotonic() - began)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_the_plan_changes_nothing(service, owner):
    planned = deploy(service)
    assert planned["state"] == "planned" and not any(step["done"] for step in planned["steps"])
    assert [step["name"] for step in planned["steps"]] == ["backup", "adopt", "migrate", "client", "indexes", "handover", "verify"]
    assert service.url == planned["server"] and str(service.process.pid) in planned["steps"][5]["seen"]
    assert not list((service.state / "backups").glob("backup_*"))


def test_a_deployment_under_requests_refuses_nobody(service, owner):
    """Trap 24: a probe all along, in the report; the program is replaced in its place, and clients wait for the new one."""
    before = (service.state / "server.txt").read_text().split()
    with Load(service, owner.token) as load:
        done = deploy(service, "--confirm", "--jobs", "1")
    after = (service.state / "server.txt").read_text().split()
    assert load.failed == [] and load.asked > 3
    assert after[0] == before[0] == str(service.process.pid) and after[3] != before[3], "the same process, another program"
    assert done["state"] == "done" and all(step["done"] for step in done["steps"])
    assert done["probe"]["failures"] == 0 and done["probe"]["requests"] > 10, done["probe"]
    report = pathlib.Path(done["report"]).read_text()
    assert f"{done['probe']['requests']} requests" in report and "grade A" in report and "way back" in report
    print(f"\n{load.asked} requests of clients, longest {load.longest:.2f} s; probe {done['probe']}")
    assert alive(service.process.pid)
    owner.get("/products")


def test_killed_at_any_moment_the_same_command_goes_on(service, owner):
    """kill -9 anywhere: the steps that are done are not done again, and the service goes on answering. (PIXELPIM_DEPLOY_KILLS)"""
    killed, names = 0, [step["name"] for step in deploy(service)["steps"]]
    moments = random.Random(24)
    for number in range(KILLS):
        process = subprocess.Popen([str(PROGRAM), "deploy", "--confirm", "--jobs", "1"], env=service.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        said = threading.Event()
        lines: list[str] = []
        wanted = moments.randrange(1, 2 * len(names) - 1)

        def read():
            for line in process.stderr:
                lines.append(line)
                if len(lines) >= wanted:
                    said.set()

        threading.Thread(target=read, daemon=True).start()
        wait_until(lambda: said.is_set() or process.poll() is not None, 120, "it to have come so far")
        time.sleep(moments.uniform(0, 0.3))
        if process.poll() is None:
            process.kill()
            killed += 1
        process.wait()
        known = {step["name"] for step in deploy(service)["steps"] if step["done"]} if process.returncode else set()
        backups = len(list((service.state / "backups").glob("backup_*/manifest.json")))
        done = deploy(service, "--confirm", "--jobs", "1")
        assert done["state"] == "done" and [step["name"] for step in done["steps"]] == names
        if "backup" in known:
            assert len(list((service.state / "backups").glob("backup_*/manifest.json"))) == backups, "that step was done"
        owner.get("/products")
    assert killed > 0


def test_a_second_operator_is_told(service, owner):
    process = subprocess.Popen([str(PROGRAM), "deploy", "--confirm"], env=service.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: json.loads(service.run("deploy", "--json").stdout)["state"] and (service.state / "deploy.lock").exists(), 20, "it to begin")
    refused = service.run("deploy", "--confirm", check=False)
    assert process.poll() is not None or "Another deployment is under way" in refused.stderr
    assert process.wait(180) == 0


# --- from the service that is replaced ------------------------------------------------------------------------------------------

def test_a_database_of_the_replaced_service_is_deployed_step_by_step(tmp_path):
    """Backup first, adopted, migrated; it stops where the server is to be started, says so, and goes on there."""
    database = old_database(2)
    done = database.run("deploy", "--confirm", "--jobs", "1", check=False, timeout=300)
    assert done.returncode == 1 and "No PixelPim serves" in done.stderr and "The same command goes on from here" in done.stderr, done.stderr
    assert database.fetch("""SELECT detail ->> 'state' FROM "_pixelpim_journal" WHERE operation = 'baseline'""") == [("newest",)]
    steps = {step["name"]: step["done"] for step in json.loads(database.run("deploy", "--json").stdout)["steps"]}
    assert steps == {"backup": True, "adopt": True, "migrate": True, "client": True, "indexes": True, "handover": False, "verify": False}


def test_what_stands_in_the_way_stops_it_before_anything_is_changed():
    database = old_database(2)
    database.script("""DROP INDEX "Product_sku_userId_key";
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('Twin', 'S', 1, now())""")
    done = database.run("deploy", "--confirm", "--jobs", "1", check=False, timeout=300)
    assert done.returncode == 1 and "stopped at the step" in done.stderr and "doctor --fix duplicates" in done.stderr, done.stderr
    assert database.fetch("""SELECT to_regclass('"Deletion"') IS NULL""") == [(True,)]


def test_the_rehearsal_says_what_takes_how_long_and_leaves_nothing():
    database = old_database(2)
    before = database.dump()
    databases = database.fetch("SELECT datname FROM pg_database ORDER BY 1")
    database.run("backup", "create", "--jobs", "1")
    rehearsed = json.loads(database.run("deploy", "--rehearse", "--json", timeout=300).stdout)
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
