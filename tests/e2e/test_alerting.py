"""A real Prometheus that scrapes the program with the rules that are shipped, and a real Alertmanager with the configuration that is
shipped, which mails: each of the four alerts of the guide fires and is over. Only their times are shortened, and the addresses are
those of this machine."""

import email
import email.policy
import re
import shutil
import subprocess
import threading

import httpx
import pytest

from receivers import receiving_mails
from service import REPOSITORY, Service, free_port, wait_until
from tenants import new_tenant

pytestmark = pytest.mark.alone

DEPLOY = REPOSITORY / "deploy"
ALERTS = {"PixelPimManySoftDeletes": "101 rows were deleted", "PixelPimSlowStatements": "The statement update_product took longer",
          "PixelPimStorage": "The space for the database is", "PixelPimRefusedRestores": "1 restores were refused"}


class Inbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos[0], str(mail["Subject"]), mail.get_body(("html", "plain")).get_content()))
        return "250 OK"


def changed(file: str, *changes: tuple[str, str]) -> str:
    text = (DEPLOY / file).read_text()
    for pattern, by in changes:
        text, count = re.subn(pattern, by, text)
        assert count > 0, f"{pattern} is not in {file}"
    return text


@pytest.fixture
def watched(tmp_path):
    """The program, with a database that may fill 64 MiB, Prometheus and Alertmanager; who is told; and Prometheus' address."""
    if not shutil.which("prometheus") or not shutil.which("prometheus-alertmanager"):
        pytest.skip("prometheus or prometheus-alertmanager is missing (packages of these names)")
    database = Service(environment={"RETENTION_MAIL_SCHEDULE": "off"})
    programs = []
    with receiving_mails(Inbox()) as inbox:
        prometheus, alertmanager = free_port(), free_port()
        try:
            database.start()
            # A remote database is one whose address is given: its capacity is what is configured.
            service = Service(environment={"DATABASE_URL": database.database_url, "STORAGE_BYTES": str(64 << 20)})
            service._database_url = database.database_url
            service.process = service.spawn()
            (tmp_path / "pixelpim.rules.yml").write_text(changed("prometheus/pixelpim.rules.yml", (r"\[5m\]", "[10s]"), (r"for: \d+m", "for: 1s")))
            (tmp_path / "prometheus.yml").write_text(changed("prometheus/prometheus.yml", ("15s", "1s"), (":9093", f":{alertmanager}"),
                                                             (":3000", f":{service.port}")))
            (tmp_path / "alertmanager.yml").write_text(changed(
                "alertmanager/alertmanager.yml", ("'mail.example.com:587'", f"'127.0.0.1:{inbox.port}'\n  smtp_require_tls: false"),
                (r"group_(wait|interval): \w+", r"group_\1: 1s")))
            service.wait_ready()
            for command in (["prometheus", f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/series",
                             f"--web.listen-address=127.0.0.1:{prometheus}"],
                            ["prometheus-alertmanager", f"--config.file={tmp_path}/alertmanager.yml", f"--storage.path={tmp_path}/alerts",
                             f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address="]):
                programs.append(subprocess.Popen(command, stdout=(tmp_path / "output.txt").open("ab"), stderr=subprocess.STDOUT))
            yield service, inbox, f"http://127.0.0.1:{prometheus}"
        finally:
            for program in programs:
                program.terminate()
                program.wait(60)
            service.remove()
            database.remove()


def firing(prometheus: str) -> set[str]:
    answer = httpx.get(f"{prometheus}/api/v1/alerts", trust_env=False, verify=False).json()
    return {alert["labels"]["alertname"] for alert in answer["data"]["alerts"] if alert["state"] == "firing"}


def is_scraped(prometheus: str) -> bool:
    try:
        answer = httpx.get(f"{prometheus}/api/v1/query", params={"query": "pixelpim_build_info"}, trust_env=False, verify=False)
        return answer.status_code == 200 and bool(answer.json()["data"]["result"])
    except httpx.TransportError:
        return False


def make_trouble(service, database):
    """A mass delete, a statement that waits for more than a second, a database that is nearly full, and a refused restore."""
    owner = new_tenant(service, database)
    owner.request("POST", "/products/bulk-delete", 200, json={"ids": [owner.create()["id"] for _ in range(100)]})
    taken = owner.create(sku="TAKEN")
    owner.delete(taken["id"])
    owner.create(sku="TAKEN")
    owner.restore(taken["id"], expect=409)
    waited_for = owner.create()["id"]
    with service.connect() as blocker:
        blocker.autocommit = False
        blocker.execute('SELECT 1 FROM "Product" WHERE id = %s FOR UPDATE', (waited_for,))
        waits = threading.Thread(target=lambda: owner.request("PATCH", f"/products/{waited_for}", json={"name": "Later"}))
        waits.start()
        wait_until(lambda: database.execute("""SELECT 1 FROM "SlowStatement" WHERE name = 'update_product'""").fetchone(), 30, "it to be noted as a slow one")
        blocker.rollback()
    waits.join()
    database.execute("CREATE TABLE filling AS SELECT repeat(md5(g::text), 30) AS text FROM generate_series(1, 52000) g")


def end_trouble(database):
    """The hour is over, and there is room again. (The slow statement is over by itself.)"""
    database.execute("DROP TABLE filling")
    with database.transaction():
        database.execute("SET LOCAL session_replication_role = replica")
        for table, column in (("Deletion", "createdAt"), ("AuditEvent", "at")):
            database.execute(f'UPDATE "{table}" SET "{column}" = "{column}" - interval \'61 minutes\'')


def test_the_four_alerts_fire_and_are_over_and_mails_say_so(watched):
    service, inbox, prometheus = watched
    wait_until(lambda: is_scraped(prometheus), 60, "Prometheus to scrape the program", pause=0.3)
    assert not firing(prometheus)
    told = lambda state, name: [text for to, subject, text in inbox.mails
                                if to == "operators@example.com" and subject.startswith(f"[{state}") and name in subject]
    with service.connect() as database:
        make_trouble(service, database)
        wait_until(lambda: all(told("FIRING", name) for name in ALERTS), 60, "a mail for each alert", pause=0.3)
        end_trouble(database)
        wait_until(lambda: all(told("RESOLVED", name) for name in ALERTS), 60, "a mail that each is over", pause=0.3)
    for name, summary in ALERTS.items():
        assert any(summary in text for text in told("FIRING", name)), told("FIRING", name)
    assert not firing(prometheus)
    assert {subject.split()[1] for _, subject, _ in inbox.mails} == ALERTS.keys(), "and nothing else"
