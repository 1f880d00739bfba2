"""Imports in the background: POST /products/import-with-progress, and what follows them."""

import json
import signal
import uuid

import pytest

from service import STOP_SECONDS, wait_until
from tenants import new_staff, new_tenant
from test_import import by_sku, table


def start(api, content: bytes, **fields) -> str:
    answer = api.request("POST", "/products/import-with-progress", 200, files={"file": ("mine.csv", content, "text/csv")}, data=fields)
    return answer.json()["sessionId"]


def events(api, session: str) -> list[dict]:
    """All events, to the end of the stream."""
    with api.http.stream("GET", f"/products/import/progress/{session}", timeout=60) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream" and answer.headers["cache-control"] == "no-store"
        return [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: ")]


def many(count: int) -> bytes:
    return table([{"sku": f"MANY-{n:05}", "name": f"Many {n}", "colour": "red"} for n in range(count)])


def test_an_import_is_followed_to_its_end(tenant):
    content = many(3000) + b"x,Too short,red\n"
    session = start(tenant, content)
    told = events(tenant, session)
    assert {event["status"] for event in told[:-1]} <= {"processing"}
    assert [e["percentage"] for e in told] == sorted(e["percentage"] for e in told)
    last = told[-1]
    assert (last["status"], last["processed"], last["total"], last["percentage"]) == ("completed", 3001, 3001, 100)
    assert (last["successCount"], last["failedCount"]) == (3000, 1)
    assert [row["row"] for row in last["failedRows"]] == [3002] and "sku" in last["failedRows"][0]["error"]
    assert last["message"] == "Import completed: 3000 created, 0 updated, 0 unchanged, 1 failed"
    assert last["summary"]["created"] == 3000 and last["summary"]["attributesMade"] == 1
    assert events(tenant, session) == [last], "who asks again is told the end"
    assert by_sku(tenant, "MANY-02999")["name"] == "Many 2999"


def test_d56_only_who_started_it_and_the_owner_see_it(tenant, other_tenant):
    """D-56: a session is bound to its tenant and to who started it; an id is not guessed, and others get 404."""
    clerk = new_staff(tenant, grants=(("products", "import"), ("products", "read")))
    colleague = new_staff(tenant, grants=(("products", "import"), ("products", "read")))
    session = start(clerk, many(1))
    assert len(session) == 32
    assert events(clerk, session)[-1]["status"] == "completed" == events(tenant, session)[-1]["status"]
    for stranger in (other_tenant, colleague):
        answer = stranger.request("GET", f"/products/import/progress/{session}", 404)
        assert session in answer.json()["message"]
    tenant.request("GET", f"/products/import/progress/{uuid.uuid4().hex}", 404)


def test_what_fails_is_told_as_an_error(tenant):
    last = events(tenant, start(tenant, b"title,price\nA,1\n"))[-1]
    assert last["status"] == "error" and '"sku"' in last["message"]
    # What can be seen at once is answered at once.
    for fields, words in (({"mapping": "{"}, "mapping"), ({"mode": "x"}, "mode")):
        answer = tenant.request("POST", "/products/import-with-progress", 400, files={"file": ("a.csv", b"sku,name\n")}, data=fields)
        assert words in str(answer.json()["message"])
    tenant.request("POST", "/products/import-with-progress", 400)


def test_a_dry_run_in_the_background_changes_nothing(tenant, database):
    last = events(tenant, start(tenant, many(3), dryRun="true"))[-1]
    assert last["status"] == "completed" and last["message"].startswith("Dry run completed: 3 created")
    assert [p["sku"] for p in last["summary"]["wouldCreate"]] == ["MANY-00000", "MANY-00001", "MANY-00002"]
    assert tenant.get("/products")["pagination"]["total"] == 0
    assert database.execute('SELECT "isDryRun", "fileName" FROM "ImportRun" WHERE "userId" = %s', (tenant.id,)).fetchall() == [(True, "mine.csv")]


def test_a_run_whose_server_is_gone_is_an_error(tenant, database):
    session = start(tenant, many(1))
    events(tenant, session)
    database.execute('''UPDATE "ImportRun" SET state = 'processing', "updatedAt" = now() - interval '31 seconds' WHERE id = %s''', (session,))
    last = events(tenant, session)[-1]
    assert last["status"] == "error" and "server" in last["message"]


def test_runs_are_forgotten_after_a_day(tenant, database):
    old = start(tenant, many(1))
    events(tenant, old)
    database.execute('''UPDATE "ImportRun" SET "updatedAt" = now() - interval '25 hours' WHERE id = %s''', (old,))
    tenant.request("GET", f"/products/import/progress/{old}", 404)
    events(tenant, start(tenant, many(1)))
    assert database.execute('SELECT count(*) FROM "ImportRun" WHERE "userId" = %s', (tenant.id,)).fetchone()[0] == 1


def test_a_server_that_stops_ends_its_imports_and_says_so(new_service):
    service = new_service()
    service.start()
    with service.connect() as database:
        tenant = new_tenant(service, database)
        # Another import of the same catalogue holds this one up.
        database.execute("SELECT pg_advisory_lock(hashtext('pixelpim import'), %s)", (tenant.id,))
        session = start(tenant, many(10))
        wait_until(lambda: database.execute('''SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted''').fetchone()[0] == 1,
                   30, "the import to wait for the lock")
        with tenant.http.stream("GET", f"/products/import/progress/{session}", timeout=60) as answer:
            lines = answer.iter_lines()
            assert json.loads(next(lines).removeprefix("data: "))["status"] == "processing"
            service.process.send_signal(signal.SIGTERM)
            list(lines)  # the stream ends with the server
        database.execute("SELECT pg_advisory_unlock_all()")
    assert service.process.wait(STOP_SECONDS) == 0
    service.run("db", "start")  # it stopped with the server
    with service.connect() as database:
        assert database.execute('SELECT state, message FROM "ImportRun"').fetchall() == [("error", "The server was stopped")]
        assert database.execute('SELECT count(*) FROM "Product"').fetchone()[0] == 0
