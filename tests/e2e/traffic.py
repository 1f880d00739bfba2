"""Clients that work all along while operators do something to their service; what each request met, by phase."""

import dataclasses
import threading
import time

import httpx

from service import Service
from tenants import Tenant


@dataclasses.dataclass
class Phase:
    asked: int = 0
    turned_away: int = 0  # answers that the switch means to give: the trash's routes are not there
    hung_up: int = 0  # a kept connection that ended between two requests; the request was sent again
    longest: float = 0.0
    longest_was: str = ""
    failed: list[str] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        return (f"{self.asked} requests, {len(self.failed)} failed, the longest {self.longest * 1000:.0f} ms ({self.longest_was}); "
                f"{self.turned_away} answered that there is no trash, {self.hung_up} kept connections ended between two requests")


class Traffic:
    """Each tenant's client makes, lists, deletes, looks into the trash and restores; every other one on a new connection each time.
    `phase` names what is being done to the service; in the phases of `without_trash` the trash's routes may answer 404."""

    def __init__(self, service: Service, tenants: list[Tenant], without_trash: tuple[str, ...] = ()):
        self.service, self.phase, self.without_trash = service, "before", without_trash
        self.phases: dict[str, Phase] = {}
        self._over, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(tenant, number), daemon=True) for number, tenant in enumerate(tenants)]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads), "a request hangs"

    @property
    def failed(self) -> list[str]:
        return [failure for phase in self.phases.values() for failure in phase.failed]

    @property
    def asked(self) -> int:
        return sum(phase.asked for phase in self.phases.values())

    def _work(self, tenant: Tenant, number: int):
        client, turn = self.service.client(tenant.token), 0
        while not self._over.is_set():
            turn += 1
            if number % 2:
                client.close()
                client = self.service.client(tenant.token)
            made = self._ask(client, "POST", "/products", json={"name": f"T{number}-{turn}", "sku": f"T{number}-{turn}"})
            self._ask(client, "GET", "/products")
            if made is None:
                continue
            self._ask(client, "DELETE", f"/products/{made.json()['id']}")
            self._ask(client, "GET", "/products/deleted", of_trash=True)
            self._ask(client, "POST", f"/products/{made.json()['id']}/restore", of_trash=True)
        client.close()

    def _ask(self, client: httpx.Client, method: str, path: str, of_trash: bool = False, **more) -> httpx.Response | None:
        """Counted for the phase in which it began: what is switched holds for whatever begins later."""
        began, name = time.monotonic(), self.phase
        answer, trouble, hung_up = None, "", False
        try:
            try:
                answer = client.request(method, path, **more)
            except httpx.RemoteProtocolError as error:
                # Between two requests either side may end a kept connection: what was sent into that was never begun.
                if "without sending a response" not in str(error):
                    raise
                hung_up = True
                answer = client.request(method, path, **more)
        except httpx.TransportError as error:
            trouble = f"{method} {path}: {error!r}"
        took = time.monotonic() - began
        switched = self.phase in self.without_trash or name in self.without_trash
        is_turned_away = answer is not None and of_trash and switched and answer.status_code == 404 and answer.json()["message"].startswith("Cannot ")
        if answer is not None and answer.status_code >= 400 and not is_turned_away:
            trouble = f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        with self._lock:
            phase = self.phases.setdefault(name, Phase())
            phase.asked += 1
            phase.turned_away += is_turned_away
            phase.hung_up += hung_up
            if took > phase.longest:
                phase.longest, phase.longest_was = took, f"{method} {path.replace(path.strip('/').split('/')[-1], '…') if path[-1].isdigit() else path}"
            if trouble:
                phase.failed.append(f"{name}: {trouble}")
        return None if trouble or is_turned_away else answer
