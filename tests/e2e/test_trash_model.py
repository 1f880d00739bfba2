"""Random histories of everything that the trash does to products, from one client and from many, checked against a small model
after each step: what is visible, what is in the trash, the counts, the unique SKUs and names, each value and link.

A failure says its seed: PIXELPIM_MODEL_SEED=17 replays it; PIXELPIM_MODEL_STEPS says how many steps are taken.
"""

import http.client
import json
import os
import random
import socket
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from json import dumps

from tenants import new_tenant

SEED = int(os.environ.get("PIXELPIM_MODEL_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
STEPS = int(os.environ.get("PIXELPIM_MODEL_STEPS", "10000"))  # with a model: a fifth of one client, the others of sixteen at once; a third more without
SKUS = [f"MODEL-{n}" for n in range(8)]
CLIENTS = 16


class Model:
    """What must be, as a few dictionaries: the program's rules, told once more and more slowly."""

    def __init__(self):
        self.products: dict[int, dict] = {}  # sku, name, parent, value, category, assets, deletion (None: living)

    def living(self):
        return {n: p for n, p in self.products.items() if p["deletion"] is None}

    def trashed(self):
        return {n: p for n, p in self.products.items() if p["deletion"] is not None}

    def holder(self, field: str, value: str, other_than: int = 0) -> int | None:
        return next((n for n, p in self.living().items() if p[field] == value and n != other_than), None)

    def conflicts(self, numbers) -> bool:
        for field in ("sku", "name"):
            values = [self.products[n][field] for n in numbers]
            if len(values) != len(set(values)) or any(self.holder(field, v) for v in values):
                return True
        return False

    def taken_along(self, number: int) -> list[int]:
        mine = self.products[number]["deletion"]
        return [n for n, p in self.trashed().items() if p["parent"] == number and p["deletion"] == mine and mine]

    def trash(self, numbers, deletion: int):
        for number in numbers:
            self.products[number]["deletion"] = deletion

    def purge(self, numbers):
        for number in numbers:
            del self.products[number]
        for product in self.products.values():
            if product["parent"] in numbers:
                product["parent"] = None


class Answer:
    def __init__(self, status_code: int, content: bytes):
        self.status_code, self.content = status_code, content

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


class Quick:
    """One connection that stays, and nothing but requests and answers: most of a step's time would be the client's else."""

    def __init__(self, service, token: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def request(self, method: str, path: str, json=None, params=None) -> Answer:  # noqa: A002
        target = path + (f"?{urllib.parse.urlencode(params)}" if params else "")
        self.connection.request(method, target, dumps(json) if json is not None else None, self.headers)
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.read())


class Walker:
    """Takes random steps in a tenant's catalogue, and the same in the model."""

    def __init__(self, tenant, seed: int):
        self.tenant, self.random, self.model, self.step = tenant, random.Random(seed), Model(), 0
        tenant.http = Quick(tenant.service, tenant.token)
        self.attribute = tenant.attribute("model value")
        self.categories = [tenant.category(f"Model {n}") for n in range(3)]
        self.assets = [tenant.asset(f"model {n}") for n in range(3)]

    # --- the steps ------------------------------------------------------------------------------------------------------------

    def names(self):
        sku = self.random.choice(SKUS)
        return {"sku": sku, "name": self.random.choice([sku.title(), f"Name {self.random.randrange(12)}"])}

    def pick(self, numbers):
        numbers = sorted(numbers)
        return self.random.choice(numbers) if numbers else None

    def create(self):
        wanted, value, category = self.names(), str(self.random.randrange(1000)), self.random.choice([None, *self.categories])
        assets = self.random.sample(self.assets, self.random.randrange(3))
        body = wanted | {"attributesWithValues": [{"attributeId": self.attribute, "value": value}], "assets": assets} | (
            {"categoryId": category} if category else {})
        answer = self.tenant.request("POST", "/products", json=body)
        if self.model.holder("sku", wanted["sku"]) or self.model.holder("name", wanted["name"]):
            assert answer.status_code == 409, answer.text
            return
        assert answer.status_code == 201, answer.text
        self.model.products[answer.json()["id"]] = wanted | {"parent": None, "value": value, "category": category, "assets": sorted(assets),
                                                                 "deletion": None}

    def create_variant(self):
        parent = self.pick(n for n, p in self.model.living().items() if p["parent"] is None)
        if not parent:
            return
        wanted, value = self.names(), str(self.random.randrange(1000))
        answer = self.tenant.request("POST", "/products", json=wanted | {
            "parentSku": self.model.products[parent]["sku"], "attributesWithValues": [{"attributeId": self.attribute, "value": value}]})
        if self.model.holder("sku", wanted["sku"]) or self.model.holder("name", wanted["name"]):
            assert answer.status_code == 409, answer.text
            return
        assert answer.status_code == 201, answer.text
        self.model.products[answer.json()["id"]] = wanted | {"parent": parent, "value": value, "category": None, "assets": [],
                                                                 "deletion": None}

    def rename(self):
        number, wanted = self.pick(self.model.living()), self.names()
        if not number:
            return
        answer = self.tenant.request("PATCH", f"/products/{number}", json=wanted)
        if any(self.model.holder(field, wanted[field], number) for field in ("sku", "name")):
            assert answer.status_code == 409, answer.text
        else:
            assert answer.status_code == 200, answer.text
            self.model.products[number] |= wanted

    def delete(self):
        number, with_variants = self.pick(self.model.living()), self.random.random() < 0.5
        if not number:
            return
        answer = self.tenant.request("DELETE", f"/products/{number}", 200, params={"softDeleteVariants": str(with_variants).lower()}).json()
        gone = [number] + [n for n, p in self.model.living().items() if p["parent"] == number and with_variants]
        assert answer["itemCount"] == len(gone)
        self.model.trash(gone, answer["deletionId"])

    def variants_of(self, numbers) -> list[int]:
        return [n for n, p in self.model.living().items() if p["parent"] in numbers and n not in numbers]

    def bulk_delete(self):
        living = sorted(self.model.living())
        chosen, with_variants = self.random.sample(living, min(3, len(living))), self.random.random() < 0.5
        # What is in the trash is not deleted again. (Parents whose variants live are left out: those would be taken along.)
        already = [n for n in [self.pick(n for n in self.model.trashed() if not self.variants_of([n]))] if n]
        if not chosen:
            return
        answer = self.tenant.request("POST", "/products/bulk-delete", 200, params={"softDeleteVariants": str(with_variants).lower()},
                                     json={"ids": chosen + already}).json()
        gone = chosen + (self.variants_of(chosen) if with_variants else [])
        assert answer["deletedCount"] == len(gone) and answer["ids"] == sorted(gone)
        self.model.trash(gone, answer["deletionId"])

    def restore(self):
        number, along = self.pick(self.model.trashed()), self.random.random() < 0.5
        if number:
            numbers = [number] + (self.model.taken_along(number) if along else [])
            answer = self.tenant.request("POST", f"/products/{number}/restore", params={"restoreVariants": str(along).lower()})
            self.restored(answer, numbers)

    def restored(self, answer, numbers):
        if self.model.conflicts(numbers):
            assert answer.status_code == 409, answer.text
        else:
            assert answer.status_code == 200, answer.text
            self.model.trash(numbers, None)

    def restore_somehow(self):
        number, how = self.pick(self.model.trashed()), self.random.choice(["rename", "replace"])
        if not number:
            return
        answer = self.tenant.request("POST", f"/products/{number}/restore", 200, params={"onConflict": how, "restoreVariants": "false"}).json()
        product, holders = self.model.products[number], set()
        for field in ("sku", "name"):
            holder = self.model.holder(field, product[field])
            if holder and how == "replace":
                holders.add(holder)
            elif holder:
                base, n = product[field], 1
                while self.model.holder(field, renamed := f"{base}-restored" + (f"-{n}" if n > 1 else "")):
                    n += 1
                product[field] = renamed
        assert {r["id"] for r in answer["replaced"]} == holders
        for replaced in answer["replaced"]:
            self.model.trash([replaced["id"]], replaced["deletionId"])
        product["deletion"] = None

    def undo(self):
        act = self.pick({p["deletion"] for p in self.model.trashed().values()})
        if act:
            numbers = [n for n, p in self.model.trashed().items() if p["deletion"] == act]
            self.restored(self.tenant.request("POST", f"/trash/deletions/{act}/restore"), numbers)

    def bulk_restore(self):
        numbers = self.random.sample(sorted(self.model.trashed()), min(3, len(self.model.trashed())))
        if numbers:
            answer = self.tenant.request("POST", "/products/bulk-restore", json={"ids": numbers})
            self.restored(answer, sorted({n for number in numbers for n in (number, *self.model.taken_along(number))}))

    def purge(self):
        number = self.pick(self.model.trashed())
        if number and self.random.random() < 0.5:
            self.tenant.request("DELETE", f"/products/{number}/permanent", 200)
            self.model.purge([number, *self.model.taken_along(number)])

    def bulk_purge(self):
        trashed = sorted(self.model.trashed())
        chosen = self.random.sample(trashed, min(2, len(trashed)))
        if chosen and self.random.random() < 0.5:
            gone = {n for number in chosen for n in (number, *self.model.taken_along(number))}
            living = [n for n in [self.pick(self.model.living())] if n]  # what lives is not purged
            assert self.tenant.request("POST", "/products/bulk-permanent", 200, json={"ids": chosen + living}).json()["purged"] == len(gone)
            self.model.purge(sorted(gone))

    def purge_of_a_living_one(self):
        if number := self.pick(self.model.living()):
            self.tenant.request("DELETE", f"/products/{number}/permanent", 409)

    def empty(self):
        if self.random.random() < 0.1:
            self.tenant.request("POST", "/trash/empty", 200, json={"count": len(self.model.trashed())})
            self.model.purge(list(self.model.trashed()))

    STEPS = [(create, 5), (create_variant, 4), (rename, 3), (delete, 5), (bulk_delete, 1), (restore, 4), (restore_somehow, 3), (undo, 3), (bulk_restore, 2),
             (purge, 1), (bulk_purge, 1), (purge_of_a_living_one, 1), (empty, 1)]

    def walk(self, steps: int, check):
        for self.step in range(1, steps + 1):
            [taken] = self.random.choices([step for step, _ in self.STEPS], [weight for _, weight in self.STEPS])
            try:
                taken(self)
                check(self)
            except (AssertionError, KeyError) as failure:
                raise AssertionError(f"step {self.step}, {taken.__name__}: replay with PIXELPIM_MODEL_SEED={SEED}\n{failure}") from failure


def checked_with(database):
    """Compares all that there is of a walker's tenant with its model: by SQL each time, through the API now and then."""

    def check(walker: Walker):
        model = walker.model
        everything = database.execute('''
            SELECT p.id, p.sku, p.name, p."parentProductId", v.value, p."categoryId",
                   ARRAY(SELECT l."assetId" FROM "ProductAsset" l WHERE l."productId" = p.id ORDER BY 1), p."deletionId", p."isDeleted"
              FROM "Product" p LEFT JOIN "ProductAttribute" v ON v."productId" = p.id AND v."attributeId" = %s WHERE p."userId" = %s
            UNION ALL
            SELECT sum(rows) FILTER (WHERE kind = 'product'), NULL, NULL, sum(rows) FILTER (WHERE kind = 'product.trash'), NULL, NULL, NULL, NULL, NULL
              FROM "ListTotal" WHERE "userId" = %s''', (walker.attribute, walker.tenant.id, walker.tenant.id)).fetchall()
        rows, totals = {row[0]: row[1:] for row in everything[:-1]}, everything[-1]
        assert rows == {n: (p["sku"], p["name"], p["parent"], p["value"], p["category"], p["assets"], p["deletion"],
                            p["deletion"] is not None)
                        for n, p in model.products.items()}
        listed = [n for n, p in model.living().items() if p["parent"] is None or model.products[p["parent"]]["deletion"] is not None]
        assert (totals[0] or 0, totals[3] or 0) == (len(listed), len(model.trashed()))
        if walker.step % 25 == 0:
            page = walker.tenant.get("/products", limit=100)
            assert sorted(item["id"] for item in page["data"]) == sorted(listed)[:100] or len(listed) > 100
            trash = walker.tenant.get("/trash", limit=100)
            assert trash["pagination"]["total"] == len(model.trashed())
            if len(model.trashed()) <= 100:
                assert {item["id"] for item in trash["data"]} == set(model.trashed())
            for number in list(model.trashed())[:3]:
                walker.tenant.request("GET", f"/products/{number}", 404)

    return check


def test_a_random_history_goes_as_the_model_says(service, database):
    tenant = new_tenant(service, database, "model")
    tenant.request("PATCH", "/trash/settings", 200, json={"brakeRows": 1_000_000})
    Walker(tenant, SEED).walk(STEPS // 5, checked_with(database))


def test_sixteen_histories_at_once_do_not_disturb_each_other(service, database):
    """Sixteen tenants, so that each has a model of its own, in one database and one server."""
    def run(number):
        with service.connect() as own:
            tenant = new_tenant(service, own, f"model-{number}")
            tenant.request("PATCH", "/trash/settings", 200, json={"brakeRows": 1_000_000})
            Walker(tenant, SEED + number).walk(STEPS * 4 // 5 // CLIENTS, checked_with(own))

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(run, range(CLIENTS)))


def test_sixteen_clients_in_one_catalogue_keep_what_must_hold(service, database):
    """What each sees is not foretold; what must hold for all is: unique names, totals, no half acts, no answer but the expected ones."""
    tenant = new_tenant(service, database, "crowd")
    tenant.request("PATCH", "/trash/settings", 200, json={"brakeRows": 1_000_000})
    statuses = set()

    def run(number):
        walk = random.Random(SEED + number)
        client = Quick(service, tenant.token)
        with service.connect() as own:
            for _ in range(max(10, STEPS // 3 // CLIENTS)):
                ids = [row[0] for row in own.execute('SELECT id FROM "Product" WHERE "userId" = %s ORDER BY random() LIMIT 3', (tenant.id,))]
                one = ids[0] if ids else 1
                method, path, body = walk.choice([
                    ("POST", "/products", {"sku": walk.choice(SKUS), "name": f"Crowd {walk.randrange(12)}"}),
                    ("POST", "/products", {"sku": walk.choice(SKUS), "name": f"Crowd {walk.randrange(12)}"}),
                    ("PATCH", f"/products/{one}", {"sku": walk.choice(SKUS)}), ("DELETE", f"/products/{one}?softDeleteVariants=true", None),
                    ("DELETE", f"/products/{one}", None), ("POST", f"/products/{one}/restore", None),
                    ("POST", f"/products/{one}/restore?onConflict=rename", None), ("POST", f"/products/{one}/restore?onConflict=replace", None),
                    ("POST", "/products/bulk-restore", {"ids": ids or [1], "onConflict": "skip"}), ("DELETE", f"/products/{one}/permanent", None)])
                answer = client.request(method, path, json=body)
                statuses.add(answer.status_code)
                assert answer.status_code in (200, 201, 404, 409), f"{method} {path}: {answer.status_code} {answer.text} (seed {SEED})"

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(run, range(CLIENTS)))
    for column in ("sku", "name"):
        assert database.execute(f'''SELECT {column} FROM live."Product" WHERE "userId" = %s GROUP BY 1 HAVING count(*) > 1''', (tenant.id,)).fetchall() == []
    [(listed, trashed)] = database.execute(
        '''SELECT count(*) FILTER (WHERE NOT "isDeleted" AND ("parentProductId" IS NULL OR "detachedBy" IS NOT NULL)),
                  count(*) FILTER (WHERE "isDeleted") FROM "Product" WHERE "userId" = %s''', (tenant.id,)).fetchall()
    totals = dict(database.execute('SELECT kind, sum(rows) FROM "ListTotal" WHERE "userId" = %s GROUP BY 1', (tenant.id,)))
    assert (totals.get("product", 0), totals.get("product.trash", 0)) == (listed, trashed)
    assert tenant.get("/trash")["pagination"]["total"] == trashed
    assert database.execute('''SELECT count(*) FROM "Product" WHERE "userId" = %s AND "isDeleted" <> ("deletionId" IS NOT NULL)''', (tenant.id,)).fetchone() == (0,)
