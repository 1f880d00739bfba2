"""The two ways back to how it was before the trash: at once, by a switch, while the service runs; and altogether, with the trash in
an archive. Whatever is killed, the same command goes on, and nothing is lost."""

import json
import threading

import httpx
import pytest

from service import Service
from tenants import new_tenant


@pytest.fixture(scope="module")
def service():
    made = Service().start()
    yield made
    made.stop()
    made.remove()


@pytest.fixture(scope="module")
def owner(service):
    with service.connect() as operator:
        yield new_tenant(service, operator)


def quick(service, *arguments) -> dict:
    return json.loads(service.run("rollback", "quick", *arguments, "--json").stdout)


@pytest.fixture
def switched_off(service):
    assert quick(service, "--confirm")["trash"] == "off"
    yield
    assert quick(service, "--undo")["trash"] == "on"


TRASH_ROUTES = [("GET", "/trash"), ("POST", "/trash/empty"), ("GET", "/trash/deletions"), ("GET", "/trash/settings"),
                ("GET", "/products/deleted"), ("GET", "/assets/deleted"), ("GET", "/families/deleted"), ("GET", "/asset-groups/deleted"),
                ("POST", "/products/1/restore"), ("DELETE", "/products/1/permanent"), ("DELETE", "/assets/1/permanent"),
                ("POST", "/products/bulk-restore"), ("GET", "/products/1/restore-preview"), ("GET", "/products/1/history")]


# --- at once ------------------------------------------------------------------------------------------------------------------

def test_without_confirm_it_only_looks(service, owner):
    looked = quick(service)
    assert looked["trash"] == "on" and not looked["changed"]
    owner.get("/trash")


def test_the_trash_is_gone_for_the_next_request_and_back_with_everything(service, owner):
    """Trap 9: the routes answer as if they were not there, a delete as before them, nothing deleted shows or is lost."""
    before, during, kept = owner.create(), owner.create(), owner.create()
    owner.delete(before["id"])
    quick(service, "--confirm")
    for method, path in TRASH_ROUTES:
        answer = owner.request(method, path, 404)
        assert answer.json()["message"] == f"Cannot {method} {path}", path
        nobody = httpx.request(method, service.url + path, trust_env=False)
        assert (nobody.status_code, nobody.json()["message"]) == (404, f"Cannot {method} {path}"), path
    assert owner.delete(during["id"]) == {"message": "Product successfully deleted"}
    many = [owner.create()["id"], owner.create()["id"]]
    assert owner.request("POST", "/products/bulk-delete", json={"ids": many}).json() == {"message": "Deleted 2 product(s)", "deletedCount": 2}
    assert owner.request("DELETE", f"/attributes/{owner.attribute('Size')}").json() == {"message": "Attribute successfully deleted"}
    assert set(owner.ids()) == {kept["id"]}
    assert owner.get(f"/products/{kept['id']}")["sku"] == kept["sku"]
    for gone in (before, during):
        owner.get(f"/products/{gone['id']}", 404)
    owner.create(sku=during["sku"], name=during["name"])
    owner.request("GET", "/nothing", 404)
    undone = quick(service, "--undo")
    assert undone["changed"] and undone["inTrash"] >= 5
    assert {before["id"], during["id"], *many} <= set(owner.ids("/products/deleted"))
    owner.restore(before["id"])
    owner.restore(during["id"], 409)
    assert set(owner.request("DELETE", f"/products/{kept['id']}", 200).json()) > {"message", "deletionId", "undo"}


def test_again_and_again_changes_nothing(service, switched_off):
    again = quick(service, "--confirm")
    assert again["trash"] == "off" and not again["changed"]
    quick(service, "--undo")
    assert not quick(service, "--undo")["changed"]


def test_nothing_is_purged_meanwhile_and_the_time_does_not_count(service, owner):
    product = owner.create()
    act = owner.delete(product["id"])["deletionId"]
    database = owner.database
    database.execute("""UPDATE "Product" SET "deletedAt" = "deletedAt" - interval '40 days' WHERE id = %s""", (product["id"],))
    database.execute("""UPDATE "Deletion" SET "createdAt" = "createdAt" - interval '40 days' WHERE id = %s""", (act,))
    quick(service, "--confirm")
    database.execute("""UPDATE "TrashOff" SET since = since - interval '15 days'""")
    assert json.loads(service.run("cleanup", "run", "--once", "--json").stdout)["deleted"] == 0
    assert json.loads(service.run("cleanup", "preview", "--json").stdout)["tenants"] == []
    quick(service, "--undo")
    days = database.execute("""SELECT "purgeAfter" - (now() at time zone 'UTC') FROM "Deletion" WHERE id = %s""", (act,)).fetchone()[0].days
    assert days == 4, "40 days old, of which 15 don't count: 25 of 30"
    assert json.loads(service.run("cleanup", "run", "--once", "--json").stdout)["deleted"] == 0
    owner.restore(product["id"])


def test_requests_go_on_while_it_is_switched(service, owner):
    """No request fails, and every delete that was answered is in the trash afterwards."""
    deleted, failed, over = [], [], threading.Event()

    def work():
        with service.client(owner.token) as client:
            while not over.is_set():
                made = client.post("/products", json={"name": f"Load {threading.get_ident()} {len(deleted)}", "sku": f"L{threading.get_ident()}-{len(deleted)}"})
                answers = [made, client.get("/products"), client.delete(f"/products/{made.json().get('id', 0)}")]
                failed.extend(answer.text for answer in answers if answer.status_code >= 400)
                deleted.append(made.json().get("id"))

    workers = [threading.Thread(target=work) for _ in range(3)]
    owner.request("POST", "/trash/brake/release", json={"minutes": 5})
    for worker in workers:
        worker.start()
    for _ in range(3):
        quick(service, "--confirm")
        quick(service, "--undo")
    over.set()
    for worker in workers:
        worker.join()
    assert failed == [] and deleted
    in_trash = {row[0] for row in owner.database.execute('SELECT id FROM "Product" WHERE "isDeleted" AND "userId" = %s', (owner.id,))}
    assert set(deleted) <= in_trash
