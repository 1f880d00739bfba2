"""Fixtures of the end-to-end tests: one running service for the session, one tenant for each test.

The program is the file named by PIXELPIM_PROGRAM (default: build/dev/pixelpim); real input lies in the folder
named by PIXELPIM_SAMPLES. Every test makes its own tenants, so tests run in any order.
"""

import os
import pathlib
import shutil

import psycopg
import pytest

from service import REPOSITORY, Service
from tenants import Tenant, new_tenant


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: needs the machine for itself (times are measured, or it is loaded as can be)")


# The files that take longest, longest first: where files run beside each other, one that began last would run on alone.
LONGEST = """deploy trash_bulk asset_store operations trash_conflicts migrations trash_model cleanup commands rollback trash trash_plans backup
             export openapi attributes route_access watching service people preflight adoption product_values logs evening alerting
             asset_commands guide import_progress""".split()


def pytest_collection_modifyitems(items):
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session", autouse=True)
def template():
    """Where files run beside each other, services begin with a copy of what a first start makes, and do not wait for a disk: kill -9 loses
    nothing that was written. Those that are measured begin as they do elsewhere."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    first = Service()
    try:
        first.start()
        assert first.stop() == 0, first.output()
        for path in first.state.iterdir():  # what is its own: its secret, its logs, who it is
            if path.name != "postgres":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with (first.state / "postgres/postgresql.conf").open("a") as settings:
            settings.write("fsync = off\nshared_buffers = 128MB\n")
        Service.template = first.state
        yield
    finally:
        Service.template = None
        first.remove()


@pytest.fixture(scope="session")
def service(template):
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
