"""The log: what each request cost the database, whoever else was served meanwhile; which statements were slow; and no secrets."""

import asyncio
import base64
import json
import re
import subprocess
import threading
import time
import uuid

import httpx
import pytest

from service import PROGRAM, Service, wait_until
from tenants import PASSWORD, new_email, new_tenant

SLOW_MS = 150


@pytest.fixture(scope="module")
def logged():
    """A service with one thread, on which requests meet."""
    service = Service(environment={"PIXELPIM_THREADS": "1", "SLOW_STATEMENT_MS": str(SLOW_MS)})
    try:
        service.start()
        yield service
        assert service.stop() == 0
    finally:
        service.remove()


@pytest.fixture(scope="module")
def database(logged):
    with logged.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def owner(logged, database):
    return new_tenant(logged, database)


def lines(service, event: str, **fields) -> list[dict]:
    written = [json.loads(line) for line in service.logs().splitlines()]
    return [line for line in written if line["event"] == event and fields.items() <= line.items()]


def logged_requests(service, ids) -> dict[str, dict]:
    """What the log says of these requests: it is written within a second."""
    wanted = set(ids)
    found = lambda: {line["requestId"]: line for line in lines(service, "request") if line["requestId"] in wanted}
    wait_until(lambda: len(found()) == len(wanted), 30, "the requests in the log", pause=0.2)
    return found()


# --- what a request cost ----------------------------------------------------------------------------------------------------

async def all_at_once(service, token: str, requests: dict[str, tuple]) -> dict[str, int]:
    """The status of each, by the id of the request."""
    limits = httpx.Limits(max_connections=len(requests))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=service.url, timeout=120, trust_env=False, limits=limits, headers=headers) as client:
        async def send(number, request):
            method, path, body = request
            answer = await client.request(method, path, json=body, headers={"X-Request-Id": number})
            return number, answer.status_code
        return dict(await asyncio.gather(*(send(*each) for each in requests.items())))


def test_64_requests_at_once_each_pay_for_their_own_statements(logged, owner):
    """Their statements come back in any order on one thread: reads, writes that wait for a connection, refusals, streams."""
    products = [owner.create()["id"] for _ in range(64)]
    kinds = [lambda i: ("GET", "/nothing/here", None),
             lambda i: ("GET", f"/products/{products[i]}", None),
             lambda i: ("GET", "/products?search=product&limit=5", None),
             lambda i: ("PATCH", f"/products/{products[i]}", {"name": f"Again {i}"}),
             lambda i: ("GET", "/trash?limit=3", None),
             lambda i: ("POST", f"/products/{products[i]}/restore", None),  # refused: it is not in the trash
             lambda i: ("GET", "/products/999999999", None),
             lambda i: ("POST", "/products", {"name": f"New {uuid.uuid4()}", "sku": f"NEW-{uuid.uuid4()}"})]
    alone = {}
    for kind, request in enumerate(kinds):
        for i in range(2):  # the second time nothing has to be prepared
            method, path, body = request(60 + i)
            owner.http.request(method, path, json=body, headers={"X-Request-Id": f"alone-{kind}-{i}"})
        alone[kind] = logged_requests(logged, [f"alone-{kind}-1"])[f"alone-{kind}-1"]["statements"]
    assert alone[0] == 0 and len(set(alone.values())) >= 3, alone
    for turn in range(3):
        requests = {f"turn-{turn}-{i}": kinds[i % 8](i) for i in range(64)}
        assert set(asyncio.run(all_at_once(logged, owner.token, requests)).values()) == {200, 201, 404}
        for number, line in logged_requests(logged, requests).items():
            assert line["statements"] == alone[int(number.split("-")[2]) % 8], line
            assert (line["statementMicroseconds"] > 0) == (line["statements"] > 0), line


def test_a_slow_statement_is_in_the_log_with_its_request(logged, owner, database):
    product = owner.create()["id"]
    with logged.connect() as blocker:
        blocker.autocommit = False
        blocker.execute('SELECT 1 FROM "Product" WHERE id = %s FOR UPDATE', (product,))
        waits = threading.Thread(target=lambda: owner.request("PATCH", f"/products/{product}", json={"name": "Later"},
                                                              headers={"X-Request-Id": "the-slow-one"}))
        waits.start()
        long = f"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query_start < clock_timestamp() - interval '{2 * SLOW_MS} ms'"
        wait_until(lambda: database.execute(long).fetchone(), 30, "it to have waited for long")
        blocker.rollback()
    waits.join()
    request = logged_requests(logged, ["the-slow-one"])["the-slow-one"]
    slow = lines(logged, "statement.slow", requestId="the-slow-one")
    assert [line["statement"] for line in slow][:1] == ["update_product"] and slow[0]["level"] == "warn"
    assert SLOW_MS * 1000 <= slow[0]["microseconds"] <= request["statementMicroseconds"] <= request["microseconds"] + 1


# --- the command ------------------------------------------------------------------------------------------------------------

def log_lines(service, *arguments) -> list[dict]:
    return [json.loads(line) for line in service.run("logs", "--json", *arguments).stdout.splitlines()]


def test_the_log_is_read_back(logged, owner):
    owner.request("GET", "/products", 200, headers={"X-Request-Id": "look-for-me"})
    logged_requests(logged, ["look-for-me"])
    [line] = log_lines(logged, "--request", "look-for-me")
    assert (line["event"], line["route"], line["user"], line["status"]) == ("request", "/products", owner.id, 200)
    shown = logged.run("logs", "--request", "look-for-me").stdout
    assert shown.startswith(line["time"] + " info  request requestId=look-for-me method=GET ") and shown.count("\n") == 1
    everything, trouble = log_lines(logged), log_lines(logged, "--errors")
    assert [line["time"] for line in everything] == sorted(line["time"] for line in everything)
    wrong = [line for line in everything if line["level"] in ("warn", "error")]
    assert trouble[:len(wrong)] == wrong and {line["level"] for line in trouble} <= {"warn", "error"} and len(trouble) < len(everything)
    assert log_lines(logged, "--since", "1h", "--request", "look-for-me") == [line]
    later = line["time"][:-4] + "999Z"
    assert all(each["time"] >= later for each in log_lines(logged, "--since", later))
    assert log_lines(logged, "--since", "2000-01-01T00:00:00Z", "--request", "look-for-me") == [line]
    assert log_lines(logged, "--request", "look-for-m") == []


def test_the_log_is_followed_across_files(logged):
    """The program begins a new file at 32 MiB and keeps eight old ones: whoever follows goes on with it."""
    folder = logged.state / "logs"
    old = '{"time":"2020-01-01T00:00:0%d.000000Z","level":"error","event":"old","requestId":"rotated"}\n'
    for number in (1, 2, 3):
        (folder / f"pixelpim.{number}.log").write_text(old % (9 - number))
    try:
        seen = [line["time"][18] for line in log_lines(logged, "--request", "rotated")]
        assert seen == ["6", "7", "8"], "the oldest file first"
        follower = subprocess.Popen([PROGRAM, "logs", "--json", "--follow", "--request", "rotated"], env=logged.environment,
                                    stdout=subprocess.PIPE, text=True)
        for _ in range(3):
            follower.stdout.readline()
        fresh = logged.client().get("/health/live", headers={"X-Request-Id": "rotated"})
        assert fresh.status_code == 200 and json.loads(follower.stdout.readline())["path"] == "/health/live"
        # As the program does it: each file gets the next number, and the first is new.
        for number in (3, 2, 1):
            (folder / f"pixelpim.{number}.log").rename(folder / f"pixelpim.{number + 1}.log")
        current = folder / "pixelpim.log"
        with current.open("a") as file:
            file.write(old % 1)
        current.rename(folder / "pixelpim.1.log")
        current.write_text(old % 2 + '{"time":"half')
        assert [json.loads(follower.stdout.readline())["time"][18] for _ in range(2)] == ["1", "2"]
        follower.terminate()
        follower.wait()
    finally:
        (folder / "pixelpim.1.log").replace(folder / "pixelpim.log")
        for number in (2, 3, 4):
            (folder / f"pixelpim.{number}.log").unlink(missing_ok=True)


def test_what_is_logged_after_a_kill_does_not_go_on_in_half_a_line(new_service):
    service = new_service().start()
    service.kill()
    with (service.state / "logs/pixelpim.log").open("a") as file:
        file.write('{"time":"half')
    service.start()
    service.client().get("/health/live", headers={"X-Request-Id": "after-the-kill"})
    assert service.stop() == 0
    written = service.logs().splitlines()
    assert written.count('{"time":"half') == 1
    assert [line for line in written if "after-the-kill" in line and json.loads(line)["event"] == "request"]
    assert all(json.loads(line) for line in written if line != '{"time":"half')


def test_where_there_is_no_log_or_no_such_time_it_says_so(logged, new_service):
    nothing = new_service().run("logs", check=False)
    assert nothing.returncode == 1 and "no log in" in nothing.stderr and "--state" in nothing.stderr
    for wrong in ("soon", "1w", "h", "-1h"):
        done = logged.run("logs", f"--since={wrong}", check=False)
        assert done.returncode == 1 and "--since" in done.stderr and "30m" in done.stderr, wrong


# --- what is never in it ----------------------------------------------------------------------------------------------------

def test_secrets_and_bodies_are_in_no_log(logged, owner, database):
    """D-51: Each value is somewhere in a request; none is in the log, in what the program prints, or in PostgreSQL's log."""
    secrets = {name: f"canary-{name}-{uuid.uuid4().hex}" for name in
               ("password", "wrong", "bearer", "key", "query", "value", "name", "unknown", "type", "cookie", "reset", "basic")}
    def send(method, path, **more):
        number = f"canary-{uuid.uuid4().hex[:8]}"
        more["headers"] = {"X-Request-Id": number} | more.get("headers", {})
        with logged.client() as anybody:
            return number, anybody.request(method, path, **more)
    mine = {"Authorization": f"Bearer {owner.token}"}
    ids = [each[0] for each in (
        send("POST", "/auth/login", json={"email": owner.email, "password": secrets["wrong"]}),
        send("POST", "/auth/signup", json={"email": new_email("canary"), "password": secrets["password"], "fullname": "C"}),
        send("GET", "/products", headers={"Authorization": f"Bearer {secrets['bearer']}"}),
        send("GET", "/products", headers={"Authorization": "Basic " + base64.b64encode(f"a:{secrets['basic']}".encode()).decode()}),
        send("GET", "/products", headers={"X-Api-Key": secrets["key"], "Cookie": f"token={secrets['cookie']}"}),
        send("GET", f"/products?api_key={secrets['query']}&search={secrets['query']}", headers=mine),
        send("GET", f"/uploads/1/a.png?signature={secrets['query']}&expires=1"),
        send("POST", "/products", headers=mine, json={"name": secrets["name"], "sku": secrets["value"], secrets["unknown"]: 1}),
        send("POST", "/products", headers=mine, json={"name": secrets["name"], "sku": secrets["value"]}),
        send("POST", "/products", headers=mine, json={"name": secrets["name"], "sku": secrets["value"]}),
        send("POST", "/products", headers=mine, content='{"name": "' + secrets["name"]),
        send("POST", "/products", headers=mine | {"Content-Type": secrets["type"]}, content="{}"),
        send("POST", "/auth/reset-password", json={"email": owner.email, "code": secrets["reset"], "newPassword": secrets["password"]}))]
    logged_requests(logged, ids)
    # A failure of ours is noted with what the database said: not with the values that it was about.
    database.execute('ALTER TABLE "Product" ADD CONSTRAINT broken CHECK (name NOT LIKE \'canary%\') NOT VALID')
    try:
        number, answer = send("POST", "/products", headers=mine, json={"name": secrets["name"], "sku": "C-" + secrets["value"]})
        assert answer.status_code >= 400, answer.text
    finally:
        database.execute('ALTER TABLE "Product" DROP CONSTRAINT broken')
    key = owner.request("POST", "/api-keys", json={"name": "canary"}).text
    wait_until(lambda: number in logged.logs(), 30, "the log of the last")
    written = {"the log": logged.logs(), "the output": logged.output(), "PostgreSQL's log": (logged.state / "logs/postgres.log").read_text()}
    secrets |= {"the token": owner.token, "a password that is right": PASSWORD, "the secret": (logged.state / "secret").read_text().strip()}
    secrets |= {f"key {i}": value for i, value in enumerate(re.findall(r'"(?:key|apiKey)":\s*"([^"]{16,})"', key))}
    assert "key 0" in secrets, key
    found = [(where, name) for where, text in written.items() for name, value in secrets.items() if value in text]
    assert not found, found
