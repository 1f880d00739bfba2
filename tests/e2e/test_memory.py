"""What the server takes while 64 clients ask at once: as little as one can promise to a small machine."""

import os

import pytest

from files import sha256
from races import at_once
from service import Service
from tenants import Api, PASSWORD, new_tenant

CLIENTS = 64


@pytest.fixture(scope="module")
def shop(template):
    """A service that has done nothing before, with the threads of two processors, whatever this machine has."""
    if os.environ.get("ASAN_OPTIONS"):
        pytest.skip("what a sanitizer takes is not the program's")
    running = Service(environment={"PIXELPIM_THREADS": "2"})
    try:
        running.start()
        with running.connect() as connection:
            yield new_tenant(running, connection)
        assert running.stop() == 0, running.output()
    finally:
        running.remove()


def peak_of(shop: Api, act) -> float:
    """MiB: the most that the server had while CLIENTS did this at once, each three times."""
    act(shop.http, 0)  # what is made at the first use
    shop.service.forget_most_memory()

    def thrice(client, number):
        for time in range(3):
            act(client, 1 + 3 * number + time)

    at_once(shop.service, shop.token, CLIENTS, thrice)
    return shop.service.memory("VmHWM") / 1024


def ask_for_a_page(client, number):
    assert client.get("/products?limit=100").status_code == 200


def log_in_as(people):
    def log_in(client, number):
        answer = client.post("/auth/login", json={"email": people[number // 3].email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
    return log_in


def upload(client, number):
    content = b"%d" % number * 20_000
    answer = client.post("/assets/upload", data={"name": f"file {number}"}, files={"file": (f"{number}.bin", content[:65_536])})
    assert answer.status_code == 201 and answer.json()["sha256"] == sha256(content[:65_536]), answer.text


def test_clients_that_ask_at_once_take_little_memory(shop):
    for number in range(100):
        shop.create()
    people = [new_tenant(shop.service, shop.database) for _ in range(CLIENTS + 1)]
    acts = {"pages": ask_for_a_page, "log-ins": log_in_as(people), "uploads": upload, "log-ins after uploads": log_in_as(people)}
    peaks = {name: round(peak_of(shop, act)) for name, act in acts.items()}
    assert max(peaks.values()) < 50, f"MiB: {peaks}"
