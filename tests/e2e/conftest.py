"""Fixtures of the end-to-end tests: one running service for the session, one tenant for each test.

The program is the file named by PIXELPIM_PROGRAM (default: build/dev/pixelpim); real input lies in the folder
named by PIXELPIM_SAMPLES. Every test makes its own tenants, so tests run in any order.
"""

import os
import pathlib

import psycopg
import pytest

from service import REPOSITORY, Service
from tenants import Tenant, new_tenant


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: needs the machine for itself (times are measured, or it is loaded as can be)")


@pytest.fixture(scope="session")
def service():
    """A service with a database of its own; at the end it must stop cleanly and leave no process behind."""
    running = Service()
    try:
        running.start()
        yield running
        assert running.stop() == 0, running.output()
        assert running.postgres_pids() == [], "PostgreSQL was left running"
    finally:
        running.remove()


@pytest.fixture(scope="session")
def database_url(service) -> str:
    return service.database_url


@pytest.fixture(scope="session")
def database(service):
    """An operator's connection to the database of the service (each statement commits by itself)."""
    with service.connect() as connection:
        yield connection


@pytest.fixture
def tenant(service, database) -> Tenant:
    return new_tenant(service, database)


@pytest.fixture
def other_tenant(service, database) -> Tenant:
    return new_tenant(service, database, "other")


@pytest.fixture
def new_service():
    """Makes further services, for tests that break them; all are taken away at the end."""
    made = []

    def make(**more) -> Service:
        made.append(Service(**more))
        return made[-1]

    yield make
    for each in made:
        each.remove()


@pytest.fixture(scope="session")
def samples() -> pathlib.Path:
    """The folder of real input, where this machine has it."""
    folder = pathlib.Path(os.environ.get("PIXELPIM_SAMPLES", REPOSITORY.parent / "shared/data"))
    if not folder.is_dir():
        pytest.skip(f"no real input: {folder} is missing (name its folder in PIXELPIM_SAMPLES)")
    return folder.resolve()
