"""Bulks where the planner has statistics of another time: of a catalogue without this tenant, in which nothing was in the trash. They
may cost more then, but not by the square of their rows."""

import re

import pytest

from service import Service, wait_until
from tenants import new_tenant

ROWS = 2000
LINE = re.compile(r"rows=(\d+) loops=(\d+)\)$|Rows Removed by (?:Join )?Filter: (\d+)$", re.M)


def most_rows(log: str) -> dict[str, int]:
    """Of each statement in the log, by how it begins: the most rows that one node of its plans gave, or threw away."""
    most = {}
    for plan in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log):
        if "Query Text: " not in plan:
            continue
        loops, worst = 1, 0
        for rows, times, removed in LINE.findall(plan):
            loops = int(times) if times else loops
            worst = max(worst, int(rows or removed) * loops)
        name = plan.split("Query Text: ", 1)[1][:60]
        most[name] = max(most.get(name, 0), worst)
    return most


def fill(database, tenant):
    database.execute("""INSERT INTO "Product"(name, sku, "userId", "updatedAt")
                        SELECT 'Many ' || n, 'MANY-' || n, %s, now() FROM generate_series(1, %s) n""", (tenant.id, ROWS))


@pytest.fixture(scope="module")
def watched():
    """A service whose database gets no statistics but those that a test makes, and writes down how it did things."""
    service = Service().start()
    try:
        with service.connect() as database:
            database.execute("LOAD 'auto_explain'")
            for setting in ("autovacuum = off", "session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
                            "auto_explain.log_analyze = on", "auto_explain.log_timing = off"):
                database.execute(f"ALTER SYSTEM SET {setting}")
            database.execute("SELECT pg_reload_conf()")
            wait_until(lambda: database.execute("SHOW autovacuum").fetchone() == ("off",), 30, "the settings")
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
            yield service, database
    finally:
        service.remove()


def test_a_bulk_looks_at_each_row_a_few_times_whatever_the_statistics_say(watched):
    service, database = watched
    wait_until(lambda: service.client().get("/health/ready").status_code == 200, 30, "the server to have its connections again")
    fill(database, new_tenant(service, database, "other"))
    database.execute("ANALYZE")
    tenant = new_tenant(service, database)
    fill(database, tenant)
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 60})

    def act(path: str, body: dict) -> dict:
        token = tenant.request("POST", f"{path}?dryRun=true", 200, json=body).json()["previewToken"]
        return tenant.request("POST", path, 200, json=body | {"previewToken": token}).json()

    deleted = act("/products/bulk-delete", {"filters": {"search": "Many"}})
    assert deleted["deletedCount"] == ROWS
    assert tenant.get(f"/trash/deletions/{deleted['deletionId']}/restore-preview")["itemCount"] == ROWS
    assert tenant.request("POST", f"/trash/deletions/{deleted['deletionId']}/restore", 200).json()["restored"] == ROWS
    act("/products/bulk-delete", {"all": True})
    assert act("/products/bulk-restore", {"all": True})["restored"] == ROWS
    act("/products/bulk-delete", {"all": True})
    fill(database, tenant)  # all of them are in the way of those in the trash
    assert tenant.request("POST", "/products/bulk-restore?dryRun=true", 200, json={"all": True}).json()["conflictCount"] == 2 * ROWS
    act("/products/bulk-restore", {"all": True, "onConflict": "replace"})
    assert act("/products/bulk-permanent", {"all": True})["purged"] == ROWS
    most = most_rows((service.state / "logs/postgres.log").read_text(errors="replace"))
    assert sum("the trash" in name or "for good" in name or "chosen" in name for name in most) >= 4, f"that was not written down: {most}"
    assert {name: rows for name, rows in most.items() if rows > 12 * ROWS} == {}
