"""Clients that delete and restore the same few products as fast as they can, and a ledger of what they were told."""

import dataclasses
import http.client
import itertools
import json
import random
import threading
import time

from service import Service
from tenants import Tenant

ACTION = {"delete": "product.delete", "restore": "product.restore", "create": "product.create", "purge": "product.purge"}


@dataclasses.dataclass
class Act:
    """One request and its fate. A status of None: the connection ended before an answer, so nobody knows."""

    request_id: str
    kind: str
    product: int | None
    status: int | None = None
    finished: float = 0.0

    @property
    def acknowledged(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def unknown(self) -> bool:
        """Neither promised nor denied: an answer that never came, or 503 (a commit may have passed before it)."""
        return self.status is None or self.status == 503


class Ledger:
    """What all clients did. Appending to a list is atomic in Python, so the clients need no lock."""

    def __init__(self, name: str):
        self.name = name  # with which all request ids begin
        self.acts: list[Act] = []
        self._sent = itertools.count(1)
        self._ended = itertools.count(1)
        self.sent = 0
        self.ended = 0

    def begin(self):
        self.sent = next(self._sent)

    def end(self, act: Act):
        act.finished = time.monotonic()
        self.acts.append(act)
        self.ended = next(self._ended)

    @property
    def in_flight(self) -> int:
        """How many requests are under way at this moment, about."""
        return self.sent - self.ended

    def acknowledged_since(self, moment: float) -> int:
        """How many acts were acknowledged after `moment`, among the latest ones."""
        return sum(1 for act in self.acts[-2000:] if act.acknowledged and act.finished > moment)


class Client(threading.Thread):
    """One client with one connection that it keeps; when that breaks, it makes another one."""

    def __init__(self, load: "Load", number: int):
        super().__init__(name=f"client-{number}", daemon=True)
        self.load = load
        self.number = number
        self.random = random.Random(number)
        self.connection: http.client.HTTPConnection | None = None
        self.counter = itertools.count(1)
        self.failure: BaseException | None = None

    def run(self):
        try:
            while not self.load.stopping.is_set():
                self.step()
        except BaseException as problem:  # a broken client must not pass for a quiet one
            self.failure = problem

    def step(self):
        product = self.random.choice(self.load.products)
        if self.random.random() < 0.5:
            self.act("delete", "DELETE", f"/products/{product}", product)
        else:
            self.act("restore", "POST", f"/products/{product}/restore", product)

    def act(self, kind: str, method: str, path: str, product: int | None, body: dict | None = None) -> tuple[Act | None, dict]:
        """Sends one request and writes down its fate. No act: nobody listened, so nothing was sent."""
        if self.connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.load.service.port, timeout=60)
            try:
                connection.connect()
            except OSError:
                time.sleep(0.02)
                return None, {}
            self.connection = connection
        act = Act(f"{self.load.ledger.name}-{self.number}-{next(self.counter)}", kind, product)
        headers = {"Authorization": f"Bearer {self.load.token}", "X-Request-Id": act.request_id}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = {}
        self.load.ledger.begin()
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = self.connection.getresponse()
            answer = json.loads(response.read() or b"{}")
            act.status = response.status
            if response.status == 503:  # a polite client waits, if not as long as Retry-After says
                time.sleep(0.05)
            if response.will_close:
                self.hang_up()
        except (OSError, http.client.HTTPException, ValueError):
            act.status = None
            self.hang_up()
        self.load.ledger.end(act)
        return act, answer

    def hang_up(self):
        self.connection.close()
        self.connection = None


class Rival(Client):
    """Takes the SKU of one of the products while that is in the trash, and gives it back: a reason for conflicts."""

    def step(self):
        sku = self.random.choice(self.load.skus)
        act, answer = self.act("create", "POST", "/products", None,
                               {"name": f"Rival {self.number}-{next(self.counter)}", "sku": sku})
        if act is None or not act.acknowledged:
            return
        act.product = answer["id"]
        for kind, method, path in (("delete", "DELETE", ""), ("purge", "DELETE", "/permanent")):
            for _ in range(100):  # the server may be away for a while; 404: an act that nobody acknowledged was done
                done, _ = self.act(kind, method, f"/products/{act.product}{path}", act.product)
                if done is not None and (done.acknowledged or done.status == 404):
                    break


class Load:
    """`clients` that work on `products` from `with` to its end."""

    def __init__(self, service: Service, tenant: Tenant, name: str, products: int = 10, clients: int = 64, rivals: int = 2):
        self.service = service
        self.token = tenant.token
        self.ledger = Ledger(name)
        self.stopping = threading.Event()
        made = [tenant.create(name=f"Contended {name} {n}", sku=f"{name.upper()}-{n:03}") for n in range(products)]
        self.products = [product["id"] for product in made]
        self.skus = [product["sku"] for product in made]
        self.clients = [Client(self, n) for n in range(clients)] + [Rival(self, clients + n) for n in range(rivals)]

    def __enter__(self) -> "Load":
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *problem):
        self.stopping.set()
        for client in self.clients:
            client.join(120)
        assert not any(client.is_alive() for client in self.clients), "a client hangs"
        for client in self.clients:
            if client.failure:
                raise client.failure
