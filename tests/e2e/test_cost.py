"""What a request costs the server, in instructions: counted by valgrind, so that it is the same on a busy machine. The limits
are a little above what the development build takes; who makes a path dearer sees it here, and who makes it cheaper lowers them."""

import os
import pathlib
import re
import subprocess
import time

import httpx
import pytest

from service import PROGRAM, free_port, wait_until
from tenants import new_tenant

WARM_UP, ROUNDS, REQUESTS = 10, 2, 30


class Counted:
    """A second server on the installation's database, whose instructions are counted."""

    def __init__(self, service, folder: pathlib.Path, token: str):
        self.folder = folder
        program = folder / "pixelpim"
        # (valgrind does not read all that clang writes for debuggers.)
        subprocess.run(["strip", "--strip-debug", "-o", program, PROGRAM], check=True)
        port = free_port()
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counted", program, "serve", "--port", str(port)],
            env=service.environment, stdin=subprocess.DEVNULL, stdout=(folder / "output.txt").open("wb"), stderr=subprocess.STDOUT)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=60,
                                 trust_env=False)
        wait_until(self._is_ready, 120, "the counted server to be ready", pause=0.3)
        self.idle_rate = self._count_idle()

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, (self.folder / "output.txt").read_text()
        try:
            return self.http.get("/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def request(self, method: str, path: str, **more) -> httpx.Response:
        answer = self.http.request(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer

    def _instructions(self) -> int:
        """Since the last call."""
        subprocess.run(["callgrind_control", "-d", str(self.process.pid)], check=True, capture_output=True)
        dump = max(self.folder.glob("counted.*"), key=lambda file: int(file.suffix[1:]))
        return int(re.search(r"^(?:summary|totals): (\d+)", dump.read_text(), re.MULTILINE)[1])

    def _count_idle(self, seconds: float = 2) -> float:
        """Instructions a second of what goes by the clock: who looks for work of the background, and such."""
        self._instructions()
        begin = time.monotonic()
        time.sleep(seconds)
        return self._instructions() / (time.monotonic() - begin)

    def cost_of(self, act) -> int:
        """Instructions for each `act(number)`: the least of some rounds, since other things of the server happen between. Where the
        disk is slow a round takes seconds, in which much goes by the clock: that is not the act's."""
        numbers = iter(range(10**6))
        for _ in range(WARM_UP):
            act(next(numbers))
        costs = []
        for _ in range(ROUNDS):
            self._instructions()
            begin = time.monotonic()
            for _ in range(REQUESTS):
                act(next(numbers))
            by_the_clock = (time.monotonic() - begin) * self.idle_rate
            costs.append(int(self._instructions() - by_the_clock) // REQUESTS)
        return min(costs)

    def stop(self):
        self.http.close()
        self.process.terminate()
        assert self.process.wait(60) == 0, (self.folder / "output.txt").read_text()


@pytest.fixture(scope="module")
def shop(service, database, tmp_path_factory):
    if os.environ.get("ASAN_OPTIONS"):
        pytest.skip("the limits are those of the development build")
    tenant = new_tenant(service, database)
    products = [tenant.create(sku=f"COST-{i:03}", name=f"Cost {i:03}")["id"] for i in range(60)]
    counted = Counted(service, tmp_path_factory.mktemp("counted"), tenant.token)
    yield counted, products
    counted.stop()


def acts(counted: Counted, products: list[int]) -> dict:
    def delete_and_restore(i):
        counted.request("DELETE", f"/products/{products[i % 60]}")
        counted.request("POST", f"/products/{products[i % 60]}/restore")

    return {
        "find": lambda i: counted.request("GET", f"/products/{products[i % 60]}"),
        "list of 20": lambda i: counted.request("GET", "/products?limit=20"),
        "search": lambda i: counted.request("GET", "/products?limit=20&search=cost"),
        "create": lambda i: counted.request("POST", "/products", json={"name": f"New {i}", "sku": f"NEW-{i:04}"}),
        "update": lambda i: counted.request("PATCH", f"/products/{products[i % 60]}", json={"productLink": f"https://a.example/{i}"}),
        "delete and restore": delete_and_restore,
        "list of 40": lambda i: counted.request("GET", "/products?limit=40"),
    }


LIMITS = {"find": 98_000, "list of 20": 620_000, "search": 635_000, "create": 146_000, "update": 153_000,
          "delete and restore": 198_000}


@pytest.mark.parametrize("act", LIMITS)
def test_a_request_costs_no_more(shop, act):
    cost = shop[0].cost_of(acts(*shop)[act])
    print(f"{act}: {cost:,} instructions of {LIMITS[act]:,}")
    assert LIMITS[act] * 0.7 < cost < LIMITS[act], f"{act}: {cost:,} instructions; the limit is {LIMITS[act]:,}"


def test_a_request_with_twice_the_work_is_seen(shop):
    assert shop[0].cost_of(acts(*shop)["list of 40"]) > LIMITS["list of 20"]
