"""What is sent twice is done once; what was read is what is changed; and who did what is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from service import wait_until
from tenants import log_in, new_tenant


def post(tenant, path, key, **more):
    return tenant.request("POST", path, headers={"Idempotency-Key": key}, **more)


def test_a_request_that_is_sent_again_is_answered_as_the_first_time_and_done_once(tenant):
    body = {"name": "Boot", "sku": "BOOT-1"}
    first, second = post(tenant, "/products", "a", json=body), post(tenant, "/products", "a", json=body)
    assert first.status_code == second.status_code == 201 and first.content == second.content
    assert "Idempotency-Replayed" not in first.headers and second.headers["Idempotency-Replayed"] == "true"
    assert post(tenant, "/products", "a", json=body | {"name": "Other"}).status_code == 409
    assert post(tenant, "/products", "b", json=body).status_code == 409, "another key is another request"
    number = first.json()["id"]
    tenant.delete(number)
    restores = [post(tenant, f"/products/{number}/restore", "c") for _ in range(3)]
    assert {r.status_code for r in restores} == {200} and len({r.content for r in restores}) == 1
    tenant.delete(number)
    emptied = [post(tenant, "/trash/empty", "d", json={"count": 1}) for _ in range(2)]
    assert [e.status_code for e in emptied] == [200, 200] and emptied[0].content == emptied[1].content


def test_a_refused_request_may_be_sent_again(tenant):
    number = tenant.create(name="Boot", sku="BOOT-1")["id"]
    tenant.delete(number)
    taker = tenant.create(name="Boot", sku="BOOT-1")["id"]
    assert post(tenant, f"/products/{number}/restore", "x").status_code == 409
    tenant.delete(taker)
    assert post(tenant, f"/products/{number}/restore", "x").status_code == 200


def test_keys_are_each_tenants_own_and_forgotten_after_a_day(tenant, other_tenant, database):
    assert post(tenant, "/products", "k", json={"name": "Mine", "sku": "MINE-1"}).status_code == 201
    assert post(other_tenant, "/products", "k", json={"name": "Theirs", "sku": "THEIRS-1"}).status_code == 201
    database.execute('''UPDATE "IdempotencyKey" SET "createdAt" = now() - interval '25 hours' WHERE "userId" = %s''', (tenant.id,))
    assert post(tenant, "/products", "k", json={"name": "Later", "sku": "LATER-1"}).status_code == 201
    assert post(tenant, "/products", "k" * 201, json={}).status_code == 400


def test_an_act_whose_answer_was_lost_is_not_done_again_and_what_it_did_is_told(tenant, database):
    """What it did is written down in the transaction of the act; a server that dies before it answers leaves this."""
    body = {"name": "Once", "sku": "ONCE-1"}
    number = post(tenant, "/products", "l", json=body).json()["id"]
    assert database.execute("""UPDATE "IdempotencyKey" SET status = NULL, body = NULL, "doneAt" = "doneAt" - interval '3 seconds'
                                WHERE "userId" = %s AND "doneAt" IS NOT NULL RETURNING 1""", (tenant.id,)).fetchall() == [(1,)]
    answer = post(tenant, "/products", "l", json=body)
    assert answer.status_code == 200 and answer.headers["Idempotency-Replayed"] == "true" and tenant.ids() == [number]
    assert [(o["action"], o["id"], o["detail"]["sku"]) for o in answer.json()["outcome"]] == [("product.create", number, "ONCE-1")]


def test_a_server_that_is_killed_between_the_act_and_its_answer_does_it_once(new_service):
    """kill -9 after the restore is committed, and before its answer is kept or sent: the fault is that the keeping waits here."""
    service = new_service().start()
    with service.connect() as database:
        tenant = new_tenant(service, database)
        number = tenant.create(name="Boot", sku="BOOT-1")["id"]
        act = tenant.delete(number)["deletionId"]
        database.execute("""
            CREATE FUNCTION answer_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_notify('kept', 'waits'), pg_sleep(60); RETURN NEW; END $$;
            CREATE TRIGGER waits BEFORE UPDATE OF status ON "IdempotencyKey" FOR EACH ROW WHEN (NEW.status IS NOT NULL) EXECUTE FUNCTION answer_waits()""")
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(lambda: post(tenant, f"/products/{number}/restore", "k"))
            wait_until(lambda: database.execute("""SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'""").fetchall(), 30, "the keeping to wait")
            assert database.execute('SELECT "isDeleted" FROM "Product" WHERE id = %s', (number,)).fetchone() == (False,), "the act is committed"
            service.kill()
            with pytest.raises(httpx.TransportError):
                sent.result()
        database.execute("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'""")
        database.execute('DROP TRIGGER waits ON "IdempotencyKey"; DROP FUNCTION answer_waits()')
        assert database.execute('SELECT status IS NULL, "doneAt" IS NOT NULL FROM "IdempotencyKey"').fetchall() == [(True, True)], "the answer was lost"
        service.start()
        tenant.http = service.client(log_in(service, tenant.email))
        tenant.delete(number)  # were the restore done again, this would be undone
        database.execute("""UPDATE "IdempotencyKey" SET "doneAt" = "doneAt" - interval '3 seconds'""")
        again = post(tenant, f"/products/{number}/restore", "k")
        assert again.status_code == 200 and [(o["action"], o["id"], o["deletionId"]) for o in again.json()["outcome"]] == [("product.restore", number, act)]
        assert tenant.ids() == [] and [e["action"] for e in tenant.events(number)].count("product.restore") == 1


def test_32_that_are_sent_at_once_are_one(tenant):
    barrier = threading.Barrier(32)

    def send(_):
        barrier.wait()
        return post(tenant, "/products", "once", json={"name": "Boot", "sku": "BOOT-1"})

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(send, range(32)))
    assert {a.status_code for a in answers} <= {201, 409} and len({a.content for a in answers if a.status_code == 201}) == 1
    assert all(a.json()["code"] in ("idempotency.under_way",) for a in answers if a.status_code == 409)
    assert len(tenant.ids()) == 1


@pytest.mark.parametrize("method,body", [("DELETE", None), ("PATCH", {"name": "New"})])
def test_only_what_was_read_is_changed(tenant, method, body):
    number = tenant.create(name="Boot")["id"]
    tag = tenant.request("GET", f"/products/{number}").headers["ETag"]
    tenant.update(number, productLink="https://a.example")
    refused = tenant.request(method, f"/products/{number}", 412, json=body, headers={"If-Match": tag}).json()
    assert refused["code"] == "precondition_failed"
    for wrong in ('"x"', '"999-1"', "W/" + tag, '"'):
        tenant.request(method, f"/products/{number}", 412, json=body, headers={"If-Match": wrong})
    assert tenant.get(f"/products/{number}")["name"] == "Boot"
    tag = tenant.request("GET", f"/products/{number}").headers["ETag"]
    tenant.request(method, f"/products/{number}", 200, json=body, headers={"If-Match": tag})
    tenant.request(method, "/products/999999999", 404, json=body, headers={"If-Match": '"999999999-1"'})


def test_of_16_who_read_the_same_one_changes_it(tenant):
    number = tenant.create()["id"]
    tag = tenant.request("GET", f"/products/{number}").headers["ETag"]
    barrier = threading.Barrier(16)

    def change(n):
        barrier.wait()
        return tenant.request("PATCH", f"/products/{number}", json={"name": f"By {n}"}, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(change, range(16))) == [200] + [412] * 15


def test_the_history_of_a_product_tells_who_did_what(tenant, other_tenant):
    parent = tenant.create(name="Boot")["id"]
    variant = tenant.variant(parent)["id"]
    tenant.update(parent, name="Big boot")
    act = tenant.delete(parent, softDeleteVariants="true")["deletionId"]
    tenant.restore(parent)
    tenant.delete(parent)
    tenant.purge(parent)
    seen, cursor = [], None
    while True:
        page = tenant.get(f"/products/{parent}/history", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += page["data"]
        cursor = page["pagination"]["nextCursor"]
        if not cursor:
            break
    actions = [event["action"] for event in seen]
    assert actions[:4] == ["product.purge", "product.delete", "product.restore", "product.delete"] and actions[-1] == "product.create"
    assert {event["actor"]["id"] for event in seen} == {tenant.id} and act in {event["deletionId"] for event in seen}
    assert len({event["id"] for event in seen}) == len(seen)
    assert "product.create" in [e["action"] for e in tenant.get(f"/products/{variant}/history")["data"]]
    other_tenant.request("GET", f"/products/{parent}/history", 404)


def test_a_dry_run_of_a_delete_says_what_would_go_and_changes_nothing(tenant):
    attribute = tenant.attribute("color")
    parent = tenant.create(sku="DRY-1", attributesWithValues=[{"attributeId": attribute, "value": "red"}])["id"]
    tenant.link_asset(parent, tenant.asset("photo"))
    variant = tenant.variant(parent, sku="DRY-2")["id"]
    alone = tenant.delete(parent, dryRun="true")
    assert (alone["rows"], alone["variants"], alone["links"], alone["skusFreed"]) == (1, 0, 1, ["DRY-1"]) and alone["values"] >= 1
    both = tenant.delete(parent, dryRun="true", softDeleteVariants="true")
    assert (both["rows"], both["variants"], both["skusFreed"]) == (2, 1, ["DRY-1", "DRY-2"])
    root = tenant.category("Root")
    tenant.category("Below", parent=root)
    assert tenant.request("DELETE", f"/categories/{root}?dryRun=true&subtree=true", 200).json()["rows"] == 2
    assert tenant.request("DELETE", f"/attributes/{attribute}?dryRun=true", 200).json()["values"] >= 1
    tenant.delete(999999999, 404, dryRun="true")
    assert tenant.deletions() == [] and tenant.get(f"/products/{variant}")["id"] == variant
