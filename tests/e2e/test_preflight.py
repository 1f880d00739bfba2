"""What is to be true before a deployment (`pixelpim preflight`), and the two mails of one (`pixelpim notify`), received by a real
SMTP server (trap 17)."""

import email
import email.policy
import http.server
import json
import re
import subprocess

import pytest

from databases import MIGRATIONS, Database, scratch_cluster
from receivers import Inbox, receiving_mails, receiving_posts
from service import PROGRAM, REPOSITORY, Service, free_port, wait_until
from tenants import PASSWORD, new_tenant
from test_adoption import old_database

FIVE = ["backup", "migration", "indexes", "team", "rollback"]  # the guide's checklist, in its order
FACTS = ["--date", "2026-11-28", "--time", "20:00 UTC", "--minutes", "10", "--by", "Anna <Berg>"]


class Chat(http.server.BaseHTTPRequestHandler):
    posted: list = []

    def do_POST(self):
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def inbox():
    with receiving_mails(Inbox()) as handler:
        yield handler


@pytest.fixture(scope="module")
def chat():
    with receiving_posts(Chat) as address:
        yield address + "/"


@pytest.fixture(scope="module")
def empty() -> Database:
    return Database()


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Database:
    database = Database()
    database.run("migrate", "deploy")
    database.script("""INSERT INTO "User"(email) VALUES ('anna@shop.example');
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT 'P' || n, 'S' || n, 1, now() FROM generate_series(1, 20) n""")
    database.program = Service(scratch_cluster().folder, {"DATABASE_URL": database.url, "STORAGE_BYTES": str(1 << 40),
                                                          "PIXELPIM_BACKUPS": str(tmp_path_factory.mktemp("backups"))})
    return database


def preflight(database: Database, code: int | None = None, **environment) -> dict:
    program = Service(database.program.folder, database.program._environment | environment)
    done = program.run("preflight", "--json", check=False)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] == (done.returncode == 0)
    assert all(each["seen"] and (each["remedy"] or each["verdict"] in ("ok", "not applicable")) for each in answer["checks"]), answer
    return {each["name"]: each for each in answer["checks"]}


def test_the_five_of_the_guide_come_first(migrated):
    lines = preflight(migrated, 1)
    assert list(lines)[:5] == FIVE
    assert lines["backup"]["verdict"] == "fail" and "backup create --verify" in lines["backup"]["remedy"]
    assert lines["team"]["verdict"] == "warn" and lines["rollback"]["verdict"] == "warn"
    assert {name: line["verdict"] for name, line in lines.items() if name not in FIVE + ["mail"]} == {
        "server": "ok", "rights": "ok", "extensions": "ok", "disk": "ok", "replication": "not applicable",
        "transactions": "ok", "data": "ok", "migrations": "ok"}


def test_a_proven_backup_of_today_lets_it_pass(migrated):
    migrated.run("backup", "create", "--verify")
    assert "grade A" in preflight(migrated, 0)["backup"]["seen"]


def test_what_is_reviewed_is_named_by_its_hash_and_by_whom(empty):
    lines = preflight(empty, 1)
    assert lines["migration"]["verdict"] == "fail" and lines["migrations"]["seen"].split()[0] != "0"
    reviewed = json.loads(empty.run("preflight", "review", "migration", "--by", "Anna Berg", "--json").stdout)
    for what in ("indexes", "rollback"):
        empty.run("preflight", "review", what, "--by", "Ben")
    lines = preflight(empty, 1)
    assert lines["migration"]["verdict"] == "ok" and "Anna Berg" in lines["migration"]["seen"] and reviewed["of"][:12] in lines["migration"]["seen"]
    assert lines["indexes"]["verdict"] == lines["rollback"]["verdict"] == "ok" and "Ben" in lines["rollback"]["seen"]
    empty.script("""UPDATE "_pixelpim_journal" SET detail = detail || '{"of": "another", "items": ["another"]}' WHERE operation = 'review.migration'""")
    assert "has changed since" in preflight(empty, 1)["migration"]["seen"]


def test_a_pending_migration_that_would_hold_others_up_is_named(migrated):
    database = Database(like=migrated)
    newest = database.fetch('SELECT migration_name FROM "_pixelpim_migrations" ORDER BY migration_name DESC LIMIT 1')[0][0]
    database.script(f"""DELETE FROM "_pixelpim_migrations" WHERE migration_name = '{newest}'""")
    lines = preflight(database, 1)
    assert lines["migrations"]["seen"].startswith("1 pending") and lines["migration"]["verdict"] == "fail"
    database.script(f"""UPDATE "_pixelpim_migrations" SET checksum = 'x' WHERE migration_name LIKE '%_trash'""")
    assert "changed" in preflight(database, 1)["migrations"]["seen"]


def test_it_answers_between_any_two_migrations(tmp_path):
    """Where a deployment was killed; the same command begins with the checklist."""
    database = old_database(2)
    database.run("migrate", "baseline", "--confirm")
    for migration in MIGRATIONS:
        (tmp_path / migration.name).symlink_to(migration)
        database.run("migrate", "deploy", "--migrations", tmp_path)
        lines = preflight(database)
        assert lines["data"]["verdict"] in ("ok", "warn") and lines["migrations"]["verdict"] in ("ok", "warn"), (migration.name, lines)
    assert lines["migrations"]["seen"].startswith("0 pending")


@pytest.mark.parametrize("state", range(3))
def test_what_the_replaced_service_has_made_is_not_pending(state):
    """It is never run there: a remark about it, or a review of it, would be about nothing."""
    database = old_database(state)
    before = preflight(database)["migrations"]
    assert before["seen"].startswith(f"{len(MIGRATIONS) - state - 1} pending;")
    assert not any(migration.name in before["seen"] for migration in MIGRATIONS[:state + 1])
    database.run("preflight", "review", "migration", "--by", "Anna")
    database.run("migrate", "baseline", "--confirm")
    after = preflight(database)
    assert after["migrations"] == before and after["migration"]["verdict"] == "ok", "what was reviewed is what is applied"


def test_faults_that_stand_in_the_way_are_found(migrated):
    database = Database(like=migrated)
    with database.connect(autocommit=False) as other:
        other.execute("SET application_name = 'a long report'")
        other.execute('LOCK TABLE "Product" IN SHARE MODE')
        other.execute("SELECT pg_sleep(6)")
        line = preflight(database, 1)["transactions"]
        assert line["verdict"] == "fail" and "a long report, pid" in line["seen"] and "holds Product" in line["seen"]
    database.script("""DROP INDEX "Product_userId_sku_live_key"; UPDATE "Product" SET sku = 'SAME' WHERE sku IN ('S6', 'S7')""")
    line = preflight(database, 1)["data"]
    assert line["verdict"] == "fail" and "duplicates" in line["seen"]
    line = preflight(database, 1, STORAGE_BYTES="1000")["disk"]
    assert line["verdict"] == "fail"


def test_mail_is_tried_by_talking_to_the_server(migrated, inbox):
    smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_FROM": "pim@example.com", "SMTP_SECURITY": "none"}
    assert preflight(migrated)["mail"]["verdict"] == "warn", "there is none"
    assert preflight(migrated, SMTP_PORT=str(inbox.port), **smtp)["mail"]["verdict"] == "ok"
    assert inbox.mails == []
    line = preflight(migrated, SMTP_PORT=str(free_port()), **smtp)["mail"]
    assert line["verdict"] == "fail" and "connect" in line["seen"]
    encrypted = smtp | {"SMTP_SECURITY": "starttls", "SMTP_PORT": str(inbox.port)}
    assert preflight(migrated, **encrypted)["mail"]["verdict"] == "fail", "this server can't encrypt"


# --- the mails ---------------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def team(migrated, inbox, chat) -> Database:
    database = Database(like=migrated)
    database.program = Service(scratch_cluster().folder, {
        "DATABASE_URL": database.url, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(inbox.port), "SMTP_FROM": "PixelPim <pim@example.com>",
        "SMTP_SECURITY": "none", "TEAM_MAIL": "anna@example.com, ben@example.com", "TEAM_WEBHOOK": chat, "CONTACT": "ops@example.com"})
    return database


def test_a_missing_fact_stops_the_mail_and_is_named(team, inbox):
    """Trap 17."""
    done = team.run("notify", "planned", "--date", "2026-11-28", "--by", "Anna", "--send", check=False)
    assert done.returncode == 1 and "minutes, time are missing" in done.stderr
    done = team.run("notify", "done", "--by", "Anna", "--send", check=False)
    assert done.returncode == 1 and "verification" in done.stderr and "pixelpim verify" in done.stderr
    assert inbox.mails == [] and Chat.posted == []


def test_it_is_shown_before_it_is_sent(team, inbox, tmp_path):
    shown = team.run("notify", "planned", *FACTS, "--preview", "--file", tmp_path / "mail.eml")
    assert "Date: 2026-11-28" in shown.stdout and "within 30 days" in shown.stdout and "ops@example.com" in shown.stdout
    assert inbox.mails == []
    mail = email.message_from_bytes((tmp_path / "mail.eml").read_bytes(), policy=email.policy.default)
    assert mail["To"] == "<anna@example.com>" or "anna@example.com" in str(mail["To"])
    assert "Anna <Berg>" in mail.get_body(("plain",)).get_content()


def test_the_team_gets_it_once_as_text_and_html_and_so_does_its_chat(team, inbox):
    inbox.refuses = {"ben@example.com"}
    refused = team.run("notify", "planned", *FACTS, "--send", check=False)
    assert refused.returncode == 1 and "ben@example.com" in refused.stderr
    inbox.refuses = set()
    sent = json.loads(team.run("notify", "planned", *FACTS, "--send", "--json").stdout)
    assert sent["sentTo"] == ["ben@example.com"], "who has it already does not get it twice"
    assert json.loads(team.run("notify", "planned", *FACTS, "--send", "--json").stdout)["sentTo"] == []
    assert [recipient for recipient, _ in inbox.mails] == ["anna@example.com", "ben@example.com"]
    for _, mail in inbox.mails:
        assert str(mail["Subject"]) == "[Maintenance] Soft Delete Feature Deployment"
        text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "Time: 20:00 UTC (estimated 10 minutes)" in text and "Anna <Berg>" in text
        assert "<li>Existing products/assets remain unchanged</li>" in page and "Anna &lt;Berg&gt;" in page
        assert not any(sign in text + page for sign in ("{{", "}}", "[DATE]", "[TIME]", "[CONTACT]", "[YOUR NAME]"))
    assert len(Chat.posted) == 1 and "estimated 10 minutes" in Chat.posted[0]["text"]
    line = preflight(team)["team"]
    assert line["verdict"] == "ok" and "ben@example.com" in line["seen"]


def test_that_it_is_done_is_said_when_all_of_it_was_verified(team, inbox):
    team.run("verify", "database")
    assert team.run("notify", "done", "--by", "Anna Berg", check=False).returncode == 1, "a part is not all of it"
    refused = team.run("verify", "sign", "--by", "Anna Berg", check=False)
    assert refused.returncode == 1 and "a part only" in refused.stderr
    port = free_port()
    server = subprocess.Popen([str(PROGRAM), "serve", "--port", str(port)], env=team.program.environment, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: team.run("verify", "--url", address, check=False).returncode == 0, 30, "it to serve", pause=0.5)
    finally:
        server.terminate()
        server.wait(60)
    inbox.mails.clear()
    team.run("notify", "done", "--by", "Anna Berg", "--send")
    mail = inbox.mails[0][1]
    text = mail.get_body(("plain",)).get_content()
    assert str(mail["Subject"]) == "[Complete] Soft Delete Feature Deployed Successfully"
    assert "Status: ✅ Deployed" in text and "Migration: Applied successfully" in text and "Verification: All tests passed" in text
    assert "- GET /products/deleted - View deleted products" in text and "{{" not in text
    report = json.loads(team.run("verify", "database", "--json").stdout)["report"]
    assert next(each for each in report["criteria"] if each["name"] == "team")["verdict"] == "ok"


# --- the page ----------------------------------------------------------------------------------------------------------------------

def test_every_command_of_the_deployment_page_does_what_it_says(inbox, chat, tmp_path):
    page = (REPOSITORY / "docs/operations/deployment.md").read_text()
    service = Service(environment={"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(inbox.port), "SMTP_FROM": "pim@example.com", "SMTP_SECURITY": "none",
                                   "TEAM_MAIL": "anna@example.com", "CONTACT": "ops@example.com"})
    inbox.mails.clear()
    try:
        service.start()
        with service.connect() as operator:
            owner = new_tenant(service, operator)
        blocks = re.findall(r"^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", page, re.M | re.S)
        mark = "--- the next ---\n"
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", f"echo '{mark.strip()}'\n".join(command for command, _ in blocks)],
                              capture_output=True, text=True, timeout=300,
                              env=service.environment | {"PATH": f"{PROGRAM.parent}:/usr/bin:/bin", "PIM": service.url, "EMAIL": owner.email,
                                                         "PASSWORD": PASSWORD, "no_proxy": "*"})
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        for (command, shown), output in zip(blocks, done.stdout.split(mark), strict=True):
            for line in shown.splitlines():
                assert line in output, (command, output)
        assert [str(mail["Subject"])[:13] for _, mail in inbox.mails] == ["[Maintenance]", "[Complete] So"]
        assert len(list((service.state / "reports").glob("*.html"))) >= 1
    finally:
        service.remove()
