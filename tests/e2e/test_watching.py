"""What operators watch: metrics, alerts that tell somebody, tables, the page; and that what is shipped for Prometheus, Alertmanager
and Grafana speaks of metrics that there are."""

import base64
import email
import email.policy
import hashlib
import http.server
import json
import re
import shutil
import subprocess
import threading
import time

import pytest
import yaml

from receivers import receiving_mails, receiving_posts
from service import REPOSITORY, Service, wait_until
from tenants import Api, keep_signature, log_in, new_tenant

DEPLOY = REPOSITORY / "deploy"


class Inbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos[0], str(mail["Subject"]), mail.get_content()))
        return "250 OK"


class Hook(http.server.BaseHTTPRequestHandler):
    posted: list = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.posted.append(body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def inbox():
    with receiving_mails(Inbox()) as handler:
        yield handler


@pytest.fixture(scope="module")
def hook():
    with receiving_posts(Hook) as address:
        yield address + "/alerts"


@pytest.fixture(scope="module")
def watched(inbox, hook):
    """A service that tells two people and a webhook, and an administrator of it."""
    service = Service(environment={"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(inbox.port), "SMTP_FROM": "pim@example.com",
                                   "SMTP_SECURITY": "none", "ALERT_MAIL": "ops@example.com, boss@example.com", "ALERT_WEBHOOK": hook,
                                   "PUBLIC_URL": "https://pim.example.com", "METRICS_TOKEN": "letmein"})
    try:
        service.start()
        yield service
        assert service.stop() == 0
    finally:
        service.remove()


@pytest.fixture(scope="module")
def database(watched):
    with watched.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def owner(watched, database):
    return new_tenant(watched, database)


@pytest.fixture(scope="module")
def admin(watched, database):
    return new_tenant(watched, database, "admin", "ADMIN")


def scrape(service, **headers) -> dict[str, float]:
    with service.client() as client:
        answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in answer.text.splitlines() if not line.startswith("#")}


def families(samples) -> set[str]:
    return {re.sub(r"_(bucket|sum|count)$", "", name.partition("{")[0]) for name in samples}


# --- metrics ----------------------------------------------------------------------------------------------------------------

def test_requests_are_counted_by_route_and_not_by_path(watched, owner):
    product = owner.create()["id"]
    before = scrape(watched)
    for _ in range(5):
        owner.get(f"/products/{product}")
    owner.request("GET", "/products/999999999", 404)
    owner.request("GET", "/no/such/thing", 404)
    after = scrape(watched)
    ok = 'pixelpim_http_requests_total{method="GET",route="/products/:id",status="200"}'
    missing = ok.replace("200", "404")
    assert after[ok] - before.get(ok, 0) == 5 and after[missing] - before.get(missing, 0) == 1
    assert after['pixelpim_http_requests_total{method="",route="none",status="404"}'] >= 1
    histogram = 'pixelpim_http_request_duration_seconds_{}{{method="GET",route="/products/:id"{}}}'
    assert after[histogram.format("count", "")] == after[ok] + after[missing] == after[histogram.format("bucket", ',le="+Inf"')]
    assert after['pixelpim_statement_duration_seconds_count{statement="find_product"}'] >= 6
    assert after["pixelpim_http_connections"] >= 1 and after["pixelpim_leader"] == 1
    text = "\n".join(after)
    assert not re.search(r'route="[^"]*/\d', text) and owner.email not in text and 'tenant=' not in text
    assert len(after) < 6000


def test_metrics_are_for_this_machine_or_for_who_has_the_token(watched):
    with watched.client() as client:
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer wrong"}).status_code == 403
    assert scrape(watched, **{"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer letmein"})


def test_what_is_shipped_speaks_of_metrics_that_there_are(watched):
    there = families(scrape(watched))
    rules = yaml.safe_load((DEPLOY / "prometheus/pixelpim.rules.yml").read_text())
    expressions = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    dashboard = json.loads((DEPLOY / "grafana/pixelpim.json").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    named = {re.sub(r"_(bucket|sum|count)$", "", name) for text in expressions + shown for name in re.findall(r"pixelpim_\w+", text)}
    assert len(expressions) >= 4 and len(shown) >= 15 and named - there == set()
    assert {panel["id"] for panel in dashboard["panels"]} == set(range(1, len(dashboard["panels"]) + 1))


def test_the_rules_do_what_they_should():
    """promtool, where it is installed (the package prometheus, which is large)."""
    if not shutil.which("promtool"):
        pytest.skip("promtool is missing (the package prometheus)")
    done = subprocess.run(["promtool", "test", "rules", "pixelpim.rules.test.yml"], cwd=DEPLOY / "prometheus", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    subprocess.run(["promtool", "check", "config", "prometheus.yml"], cwd=DEPLOY / "prometheus", check=True, capture_output=True)


# --- alerts -----------------------------------------------------------------------------------------------------------------

def firing(admin) -> dict[str, dict]:
    return {alert["name"]: alert for alert in admin.get("/admin/alerts")["data"] if alert["state"] == "firing"}


def told(inbox, name: str, over: bool = False) -> list:
    subject = f"[PixelPim] {name}" + (": over" if over else "")
    return [mail for mail in inbox.mails if mail[1] == subject]


def an_hour_later(database, table: str, column: str):
    """What happened is an hour older than it was."""
    with database.transaction():
        database.execute("SET LOCAL session_replication_role = replica")
        database.execute(f'UPDATE "{table}" SET "{column}" = "{column}" - interval \'61 minutes\'')


def test_a_mass_delete_names_who_did_it_and_how_to_take_it_back(watched, owner, admin, inbox, database):
    ids = [owner.create()["id"] for _ in range(101)]
    act = owner.request("POST", "/products/bulk-delete", json={"ids": ids}).json()
    wait_until(lambda: "soft_deletes" in firing(admin), 30, "the alert")
    alert = firing(admin)["soft_deletes"]
    assert alert["value"] >= 101 and owner.email in alert["summary"], act
    number = re.search(r"\(deletion (\d+)\)", alert["summary"])[1]
    assert f"curl -X POST https://pim.example.com/trash/deletions/{number}/restore" in alert["remedy"]
    wait_until(lambda: len(told(inbox, "soft_deletes")) == 2, 30, "the mails")
    assert {mail[0] for mail in told(inbox, "soft_deletes")} == {"ops@example.com", "boss@example.com"}
    assert f"/trash/deletions/{number}/restore" in told(inbox, "soft_deletes")[0][2].replace("\n", "")
    wait_until(lambda: [p["state"] for p in Hook.posted if p["name"] == "soft_deletes"] == ["firing"], 30, "the webhook")
    an_hour_later(database, "Deletion", "createdAt")
    wait_until(lambda: "soft_deletes" not in firing(admin), 30, "the end of the alert")
    wait_until(lambda: len(told(inbox, "soft_deletes", over=True)) == 2, 30, "the mails that it is over")
    wait_until(lambda: [p["state"] for p in Hook.posted if p["name"] == "soft_deletes"] == ["firing", "resolved"], 30, "the webhook")
    assert len(told(inbox, "soft_deletes")) == 2, "once"


def test_the_other_three(watched, owner, admin, inbox, database):
    """A slow statement, a full disk and a refused restore: each tells once, and once that it is over."""
    first = owner.create(sku="TAKEN")
    owner.delete(first["id"])
    owner.create(sku="TAKEN")
    owner.restore(first["id"], expect=409)
    with watched.connect() as blocker:  # whoever waits for a lock has a slow statement
        blocker.autocommit = False
        blocker.execute('SELECT 1 FROM "Product" WHERE "userId" = %s FOR UPDATE', (owner.id,))
        name = owner.get("/products")["data"][0]
        slow = threading.Thread(target=lambda: owner.request("PATCH", f"/products/{name['id']}", json={"name": "Later"}))
        slow.start()
        slow.join(5)
        blocker.rollback()
    slow.join()
    database.execute("""INSERT INTO "SlowStatement"(name, milliseconds) VALUES ('find_product', 1500)""")
    wait_until(lambda: {"failed_restores", "slow_queries"} <= firing(admin).keys(), 30, "the alerts")
    wait_until(lambda: len(told(inbox, "failed_restores")) == len(told(inbox, "slow_queries")) == 2, 30, "the mails")
    an_hour_later(database, "AuditEvent", "at")
    an_hour_later(database, "SlowStatement", "at")
    wait_until(lambda: not firing(admin).keys() & {"failed_restores", "slow_queries"}, 30, "the end of the alerts")
    wait_until(lambda: len(told(inbox, "failed_restores", True)) == len(told(inbox, "slow_queries", True)) == 2, 30, "the mails")


def test_the_leader_looks_while_it_cleans(watched, owner, admin, database):
    """A cleanup that takes long, for the table of certificates is locked, hides nothing from those who are to be told."""
    ids = [owner.create()["id"] for _ in range(30)]
    owner.request("POST", "/products/bulk-delete", json={"ids": ids})
    taken = owner.create(sku="TAKEN-2")
    owner.delete(taken["id"])
    owner.create(sku="TAKEN-2")
    days_later(database, ids, 40)
    running = lambda: database.execute('SELECT 1 FROM "CleanupRun" WHERE trigger = \'retry\' AND state = \'running\'').fetchone()
    with watched.connect() as blocker:
        blocker.autocommit = False
        blocker.execute('LOCK TABLE "PurgeCertificate" IN SHARE MODE')
        database.execute("""INSERT INTO "CleanupFailure"("userId", kind, "itemId", trouble, "nextTryAt")
                            SELECT %s, 'product', unnest(%s::int[]), 'locked', now()""", (owner.id, ids))
        wait_until(running, 30, "the cleanup to begin")
        owner.restore(taken["id"], expect=409)
        wait_until(lambda: "failed_restores" in firing(admin), 30, "the alert")
        assert running(), "it cleans all the while"
        blocker.rollback()
    wait_until(lambda: not running(), 60, "the cleanup to end")


def test_the_watcher_rests_twenty_times_as_long_as_a_look_took(watched, admin, database):
    """The events of a busy hour are many, and looking at them must not become what the database does. Its usual pause is 5 seconds."""
    with watched.connect() as blocker, blocker.transaction():
        blocker.execute('LOCK TABLE "Alert"')
        wait_until(lambda: database.execute("""SELECT 1 FROM pg_locks WHERE relation = '"Alert"'::regclass AND NOT granted""").fetchone(), 30, "it to look")
        began = time.monotonic()
        time.sleep(0.7)  # less than it waits for a lock
    # What a leader does next is to see what is to be cleaned.
    [since] = database.execute("SELECT clock_timestamp()").fetchone()
    cleans = """SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%"CleanupFailure"%%' AND query_start > %s AND pid <> pg_backend_pid()"""
    wait_until(lambda: database.execute(cleans, (since,)).fetchone(), 30, "it to have looked")
    database.execute("""INSERT INTO "Alert"(name, summary, remedy, value, threshold) VALUES ('cleanup_stopped', 'It is over already', '', 1, 0)""")
    time.sleep(max(0, began + 11 - time.monotonic()))
    assert "cleanup_stopped" in firing(admin), "it has looked again"
    wait_until(lambda: "cleanup_stopped" not in firing(admin), 120, "the next look")


# --- the weekly mail --------------------------------------------------------------------------------------------------------

def days_later(database, ids: list[int], days: int):
    """These products have been in the trash for that much longer."""
    with database.transaction():
        database.execute("SET LOCAL session_replication_role = replica")
        database.execute('UPDATE "Product" SET "deletedAt" = "deletedAt" - make_interval(days => %s) WHERE id = ANY(%s)', (days, ids))


def signed(watched, owner: int, until: int) -> str:
    return f"/trash/keep?owner={owner}&until={until}&signature={keep_signature(watched, owner, until)}"


def test_owners_are_told_once_a_week_what_will_go_and_a_link_keeps_it(watched, owner, inbox, database):
    ids = [owner.create(name=f"Boot {i}")["id"] for i in range(3)]
    for each in ids:
        owner.delete(each)
    days_later(database, ids, 25)
    mails = lambda: [mail[2] for mail in inbox.mails if mail[0] == owner.email and mail[1].startswith("What your trash will lose until")]
    finished = 'SELECT 1 FROM "RetentionMail" WHERE "userId" IS NULL AND slot > now() - interval \'9 days\''
    wait_until(lambda: database.execute(finished).fetchone(), 30, "the first look at the schedule")
    assert not mails(), "that of this week was before there was anything"

    # Nothing ran last Monday: it is made up for.
    database.execute('UPDATE "RetentionMail" SET slot = slot - interval \'28 days\'')
    wait_until(mails, 30, "the mail")
    assert "3 product" in mails()[0] and "Boot 0" in mails()[0]
    # As if it had died before it noted that all are told.
    wait_until(lambda: database.execute(finished).fetchone(), 30, "all to be told")
    database.execute('DELETE FROM "RetentionMail" WHERE "userId" IS NULL AND slot > now() - interval \'9 days\'')
    wait_until(lambda: database.execute(finished).fetchone(), 30, "all to be told again")
    assert database.execute('SELECT count(*) FROM "Mail" WHERE recipient = %s', (owner.email,)).fetchone()[0] == 1, "never twice"

    [link] = re.findall(r"https://pim\.example\.com(/trash/keep\?\S+)", mails()[0])
    kept = lambda: database.execute("""SELECT d."purgeAfter" - (now() AT TIME ZONE 'UTC') > interval '36 days' FROM "Deletion" d
        JOIN "Product" p ON p."deletionId" = d.id WHERE p.id = ANY(%s)""", (ids,)).fetchall()
    audited = lambda: database.execute("""SELECT "actorId", detail->>'by' FROM "AuditEvent"
        WHERE "userId" = %s AND action = 'deletion.keep'""", (owner.id,)).fetchall()
    with watched.client() as anybody:
        page = anybody.get(link)
        assert page.status_code == 200 and '<form method="post">' in page.text and "3 things" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer" and "no-store" in page.headers["Cache-Control"]
        assert (True,) not in kept() and not audited(), "who only follows the link changes nothing"
        over = int(time.time()) - 5
        for bad in (link.replace(f"owner={owner.id}&", f"owner={owner.id + 1}&"), link[:-1] + ("0" if link[-1] != "0" else "1"),
                    "/trash/keep"):
            assert anybody.get(bad).status_code == anybody.post(bad).status_code == 403, bad
        old = signed(watched, owner.id, over)
        assert anybody.get(old).status_code == anybody.post(old).status_code == 410
        assert (True,) not in kept()
        done = anybody.post(link)
        assert done.status_code == 200 and "3 things will be kept until" in done.text
        assert kept() == [(True,)] * 3 and audited() == [(None, "the link of a mail")] * 3
        for used in (anybody.post(link), anybody.get(link)):
            assert used.status_code == 410 and "Nothing is left" in used.text and "<form" not in used.text
        assert len(audited()) == 3
        good = signed(watched, owner.id, int(link.split("until=")[1].split("&")[0]))
        assert good == link, "only its time was wrong"
    left = json.loads(watched.run("cleanup", "preview", "--days", "7", "--json").stdout)["tenants"]
    assert not [t for t in left if t["email"] == owner.email]
    assert "signature=" not in watched.output(), "no log has the link"


# --- tables and the page ----------------------------------------------------------------------------------------------------

def test_monitor_prints_the_four_tables_of_the_guide(watched, owner):
    """traps 4, 14, 15: names as they are, restores from the audit, and what to do where PostgreSQL does not count."""
    owner.delete(owner.create()["id"])
    text = watched.run("monitor").stdout
    assert re.findall(r"^\w+", text, re.M) == ["deletes", "restores", "storage", "slow", "statistics"]
    assert "CREATE EXTENSION pg_stat_statements" in text and re.search(r"^  Product +\d+ +\d+$", text, re.M) and "MB are used" in text
    for topic in ("deletes", "restores", "storage", "queries"):
        answer = json.loads(watched.run("monitor", topic, "--json").stdout)
        assert set(answer) == ({topic} if topic != "queries" else {"slow", "statistics"})
    [today] = json.loads(watched.run("monitor", "deletes", "--json").stdout)["deletes"][:1]
    assert today["deleted"] >= 1 and today["inTrash"] >= 1


def test_the_page_runs_nothing_but_its_own(watched, admin):
    with watched.client() as client:
        answer = client.get("/admin/monitor")
    policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        [text] = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", answer.text, re.S)
        assert policy[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert policy["default-src"] == "'none'" and not re.search(r"(?:https?:)?//[a-z]|\son\w+=|style=|innerHTML", answer.text)
    facts = admin.get("/admin/monitor/facts")
    used = set(re.findall(r"facts\.(\w+)", answer.text))
    assert used - facts.keys() == set() and facts["databaseBytes"] > 0 and facts["capacityBytes"] > facts["usedBytes"] > 0
