"""Short forms of the endurance runs (tests/endurance), and proofs that their checks bite."""

import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "endurance"))

from checks import uniqueness, violations  # noqa: E402
from faults import NoFault  # noqa: E402
from load import Load  # noqa: E402
from scenarios import run  # noqa: E402

from service import Service  # noqa: E402
from tenants import new_tenant  # noqa: E402

pytestmark = pytest.mark.alone


@pytest.mark.parametrize("name,seconds", [("contention", 20), ("kill-server", 12), ("kill-postgres", 15)])
def test_what_was_promised_is_kept(name, seconds):
    verdict = run(name, seconds)
    print(verdict.report())
    assert verdict.problems == [], verdict.report()
    assert sum(act.acknowledged for act in verdict.ledger.acts) > 200
    assert name == "contention" or len(verdict.faults) >= 2


def test_a_kill_that_did_not_happen_is_noticed():
    verdict = run("kill-server", 2, clients=8, fault=NoFault)
    assert any("no evidence" in problem for problem in verdict.problems)
    assert any("missed the load" in problem for problem in verdict.problems)


@pytest.fixture(scope="module")
def loaded():
    """A service after a short load that broke nothing, and its ledger."""
    service = Service()
    try:
        service.start()
        with service.connect() as database:
            tenant = new_tenant(service, database)
            load = Load(service, tenant, "bite", clients=8, rivals=1)
            with load:
                time.sleep(1.5)
            assert violations(database, tenant, load.ledger) == []
            yield database, tenant, load
    finally:
        service.remove()


PLANTED = {
    "a lost act": ('''DELETE FROM "AuditEvent" WHERE "requestId" = %(request)s''', "was acknowledged, but"),
    "a double act": ('''INSERT INTO "AuditEvent"("userId", "actorId", action, entity, "entityId", "requestId")
                        SELECT "userId", "actorId", action, entity, "entityId", "requestId" FROM "AuditEvent"
                        WHERE "requestId" = %(request)s''', "was acknowledged, but"),
    "an act of nobody": ('''UPDATE "AuditEvent" SET "requestId" = 'bite-0-999999' WHERE "requestId" = %(request)s''', "for nobody"),
    "a product in the wrong place": ('''UPDATE "Product" SET "isDeleted" = NOT "isDeleted",
                                        "deletedAt" = CASE WHEN "isDeleted" THEN NULL ELSE now() END,
                                        "deletionId" = CASE WHEN "isDeleted" THEN NULL ELSE (SELECT max(id) FROM "Deletion") END
                                        WHERE id = %(product)s''', "is not where its last act"),
    "half in the trash": ('''UPDATE "Product" SET "deletedAt" = CASE WHEN "deletedAt" IS NULL THEN now() END
                             WHERE id = %(product)s''', "half in the trash"),
    "a wrong total": ('''INSERT INTO "ListTotal"("userId", kind, rows) VALUES (%(tenant)s, 'product', 1)''', "totals"),
    "a deletion too few": ('''UPDATE "Deletion" SET "userId" = 1 + (SELECT max(id) FROM "User")
                              WHERE id = (SELECT max(id) FROM "Deletion")''', "events of deleting"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_breach_is_found(planted, loaded):
    database, tenant, load = loaded
    statement, words = PLANTED[planted]
    act = [a for a in load.ledger.acts if a.acknowledged and a.kind in ("delete", "restore") and a.product in load.products][-1]
    values = {"request": act.request_id, "product": act.product, "tenant": tenant.id}
    with database.transaction(force_rollback=True):
        database.execute("SET LOCAL session_replication_role = replica")  # no trigger mends it
        assert database.execute(statement, values).rowcount == 1
        found = violations(database, tenant, load.ledger)
    if planted == "a wrong total":  # the server reads totals itself, so that breach must be committed to be seen
        database.execute(statement, values)
        found = violations(database, tenant, load.ledger)
        database.execute('DELETE FROM "ListTotal" WHERE ctid = (SELECT max(ctid) FROM "ListTotal")')
    assert any(words in problem for problem in found), found


def test_two_living_products_with_one_sku_are_found(loaded):
    database, tenant, load = loaded
    with database.transaction(force_rollback=True):
        database.execute('DROP INDEX "Product_userId_sku_live_key"')
        database.execute('''INSERT INTO "Product"(name, sku, "userId", "updatedAt")
                            SELECT 'Twin ' || n, 'TWIN-SKU', %s, now() FROM generate_series(1, 2) n''', (tenant.id,))
        found = list(uniqueness(database, tenant))  # only this one: the server waits for the lock of the dropped index
    assert any("living products with the sku 'TWIN-SKU'" in line for line in found), found


def test_a_5xx_is_found(loaded):
    database, tenant, load = loaded
    load.ledger.acts[0].status, kept = 500, load.ledger.acts[0].status
    try:
        assert any("status 500" in problem for problem in violations(database, tenant, load.ledger))
    finally:
        load.ledger.acts[0].status = kept
