"""Many clients that begin at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor


def at_once(service, token: str, clients: int, act) -> list:
    """What `act(client, number)` answers to so many clients that begin together."""
    start = threading.Barrier(clients)

    def go(number):
        with service.client(token) as client:
            start.wait()
            return act(client, number)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(go, range(clients)))
