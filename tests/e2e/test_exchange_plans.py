"""Imports and exports beside a catalogue that is there: what they cost is told by the file, not by the catalogue."""

import re

from service import wait_until
from tenants import new_tenant
from test_import import table, upload
from test_trash_plans import most_rows, watched  # noqa: F401 (watched is a fixture)

FEW, MANY = 300, 3000
ATTRIBUTES = 5


def rows(mark: str, count: int) -> bytes:
    return table([{"name": f"{mark} {i}", "sku": f"{mark}-{i}"} | {f"Plan {a} [STRING]": f"{mark} {i} {a}" for a in range(ATTRIBUTES)}
                  for i in range(count)])


def test_the_values_of_a_file_are_not_looked_for_in_all_products(watched):  # noqa: F811
    service, database = watched
    wait_until(lambda: service.client().get("/health/ready").status_code == 200, 30, "the server to have its connections again")
    tenant = new_tenant(service, database)
    upload(tenant, rows("There", MANY))
    database.execute("ANALYZE")
    (service.state / "logs/postgres.log").write_text("")
    upload(tenant, rows("More", FEW))
    most = {name: most for name, most in most_rows((service.state / "logs/postgres.log").read_text(errors="replace")).items()
            if name.startswith("-- Values")}
    assert len(most) >= 2, most
    # All values that there are may be read once; each product beside each value would be a hundred times as many.
    assert max(most.values()) <= 2 * MANY * ATTRIBUTES, most


def test_an_export_without_variants_looks_for_none(watched):  # noqa: F811
    service, database = watched
    wait_until(lambda: service.client().get("/health/ready").status_code == 200, 30, "the server to have its connections again")
    tenant = new_tenant(service, database)
    upload(tenant, rows("Out", FEW))
    (service.state / "logs/postgres.log").write_text("")
    assert len(tenant.request("GET", "/products/export", 200).text.splitlines()) == FEW + 1
    log = (service.state / "logs/postgres.log").read_text(errors="replace")
    plans = [plan for plan in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log) if "What is told of the products" in plan and "rows=" in plan]
    assert plans and not [plan for plan in plans if "One-Time Filter: false" in plan], plans
