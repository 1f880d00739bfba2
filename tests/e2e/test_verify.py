"""`pixelpim verify`: a deployment is proven over HTTP and in the database, what is wrong is found, nothing is left behind, and
people sign what was verified (traps 5, 8, 25, 26 of the deployment guide)."""

import json
import signal
import subprocess
import time

import pytest

from service import PROGRAM, Service, wait_until
from tenants import new_tenant

CRITERIA = ["migration", "rows", "delete", "restore", "reads", "log", "performance", "team"]


@pytest.fixture(scope="module")
def deployed():
    service = Service()
    try:
        service.start()
        with service.connect() as operator:
            new_tenant(service, operator).create()
        yield service
    finally:
        service.remove()


@pytest.fixture(scope="module")
def operator(deployed):
    with deployed.connect() as connection:
        yield connection


def verify(service: Service, *arguments, code: int | None = 0) -> dict:
    done = service.run("verify", *arguments, "--url", service.url, "--json", check=False)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def checks(answer: dict) -> dict:
    return {each["name"]: each for each in answer["report"]["checks"]}


def criteria(answer: dict) -> dict:
    return {each["name"]: each["verdict"] for each in answer["report"]["criteria"]}


def rows_of(operator) -> dict:
    """How many rows each table has, but for what is meant to stay (audit events, the journal, slow statements), once files are removed."""
    wait_until(lambda: operator.execute('SELECT count(*) FROM "FileRemoval"').fetchone() == (0,), 30, "files to be removed")
    names = [name for name, in operator.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND relname NOT LIKE 'AuditEvent%' AND relname NOT IN ('_pixelpim_journal', 'SlowStatement', 'Alert')").fetchall()]
    return {name: operator.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def test_a_whole_verification_passes_and_leaves_nothing_behind(deployed, operator):
    verify(deployed)
    before = rows_of(operator)
    answer = verify(deployed)
    assert [each["name"] for each in answer["report"]["criteria"]] == CRITERIA
    assert all(each["seen"] for each in answer["report"]["criteria"] + answer["report"]["checks"]), "each has its evidence"
    assert criteria(answer) == {name: "warn" if name == "team" else "ok" for name in CRITERIA}
    assert checks(answer)["deployment.asset.restored"]["verdict"] == "ok" and checks(answer)["deployment.nothing_left"]["verdict"] == "ok"
    assert rows_of(operator) == before
    assert operator.execute("""SELECT count(*) FROM "AuditEvent" WHERE "requestId" LIKE 'pixelpim-verify-%'""").fetchone()[0] >= 10, "marked"
    report = answer["report"]
    assert report["version"] and len(report["schemaFingerprint"]) == 64 and report["newestMigration"] and report["mode"] == "running system"


@pytest.mark.parametrize("part", ["deployment", "database", "application", "performance"])
def test_a_part_by_itself(deployed, part):
    answer = verify(deployed, part)
    assert {each["name"].split(".")[0] for each in answer["report"]["checks"]} <= {part, "deployment"}
    assert any(each["name"].startswith(part + ".") for each in answer["report"]["checks"])


def test_what_a_killed_verification_left_is_taken_away_by_the_next(deployed, operator):
    before = rows_of(operator)
    operator.execute("""CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;
        CREATE TRIGGER slow AFTER UPDATE OF "isDeleted" ON "Asset" FOR EACH STATEMENT EXECUTE FUNCTION slow()""")
    try:
        process = subprocess.Popen([str(PROGRAM), "verify", "--url", deployed.url], env=deployed.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: operator.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fetchall(), 30, "it to delete")
        process.send_signal(signal.SIGKILL)
        process.wait()
    finally:
        operator.execute("DROP TRIGGER slow ON \"Asset\"; DROP FUNCTION slow()")
    left = """SELECT (SELECT count(*) FROM "Asset" WHERE name LIKE 'pixelpim-verify-%'), (SELECT count(*) FROM "User" WHERE email LIKE 'verify@%')"""
    assert operator.execute(left).fetchone() == (1, 1), "the fault: something is left"
    time.sleep(0.5)
    verify(deployed)
    assert operator.execute(left).fetchone() == (0, 0)
    assert rows_of(operator) == before


def test_with_a_token_or_a_key_of_the_operator(deployed, operator):
    tenant = new_tenant(deployed, operator)
    key = tenant.request("POST", "/api-keys", json={"name": "Verification", "scopes": ["products:*", "assets:*"]})
    tokens = [tenant.token] + ([key.json()["key"]] if key.status_code == 201 else [])
    for token in tokens:
        answer = verify(deployed, "deployment", "--token", token)
        assert answer["ok"] and tenant.ids() == [] and tenant.trash()["pagination"]["total"] == 0


def test_a_first_deployment_has_nothing_in_the_trash(deployed, operator):
    """Trap 5: what is normal in a running system is not at the first deployment; which of them was verified is said."""
    assert verify(deployed, "database", "--first")["report"]["mode"] == "first deployment"
    tenant = new_tenant(deployed, operator)
    product = tenant.create()["id"]
    tenant.delete(product)
    answer = verify(deployed, "database", "--first", code=1)
    assert checks(answer)["database.rows"]["verdict"] == "fail" and criteria(answer)["rows"] == "fail"
    assert "1 deleted" in checks(answer)["database.rows"]["seen"]
    assert criteria(verify(deployed, "database"))["rows"] == "ok"
    tenant.purge(product)


FAULTS = {
    "a flag without its time": ('UPDATE "Product" SET "deletedAt" = now() WHERE NOT "isDeleted"', 'UPDATE "Product" SET "deletedAt" = NULL WHERE NOT "isDeleted"',
                                "database", "database.flags", "rows"),
    "a column of another type": ('ALTER TABLE "Attribute" ALTER COLUMN "isDeleted" DROP NOT NULL', 'ALTER TABLE "Attribute" ALTER COLUMN "isDeleted" SET NOT NULL',
                                 "database", "database.columns", "migration"),
    "a missing index": ('DROP INDEX "idx_asset_trash"', None, "performance", "performance.indexes", "performance"),
    # Trap 26: as if the session that deletes worked in Tokyo's time.
    "another time zone": ("""CREATE FUNCTION tokyo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW."deletedAt" = NEW."deletedAt" + interval '9 hours'; RETURN NEW; END $$;
        CREATE TRIGGER tokyo BEFORE UPDATE ON "Product" FOR EACH ROW WHEN (NEW."deletedAt" IS NOT NULL) EXECUTE FUNCTION tokyo()""",
                          'DROP TRIGGER tokyo ON "Product"; DROP FUNCTION tokyo()', "deployment", "deployment.product.listed", "delete"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_fails_its_criterion(deployed, operator, fault):
    plant, repair, part, check, criterion = FAULTS[fault]
    operator.execute(plant)
    try:
        answer = verify(deployed, part, code=1)
        assert checks(answer)[check]["verdict"] == "fail" and checks(answer)[check]["remedy"] and criteria(answer)[criterion] == "fail"
        refused = deployed.run("verify", "sign", "--by", "Anna", check=False)
        assert refused.returncode == 1 and "not signed" in refused.stderr
    finally:
        if repair:
            operator.execute(repair)
        else:
            deployed.run("indexes", "apply")
    assert verify(deployed, part)["ok"]


def test_where_the_trash_is_switched_off_it_says_so_and_how_to_switch_it_on(deployed, operator):
    """After `rollback quick` nothing is wrong with the routes: they are not there."""
    deployed.run("rollback", "quick", "--confirm")
    try:
        answer = verify(deployed, "deployment", code=1)
        switch = checks(answer)["deployment.switch"]
        assert switch["verdict"] == "fail" and "rollback quick" in switch["seen"] and switch["remedy"] == "pixelpim rollback quick --undo"
        assert criteria(answer)["delete"] == criteria(answer)["restore"] == "fail"
        assert [each["name"] for each in answer["report"]["checks"] if each["verdict"] == "fail"] == ["deployment.switch"], "and nothing else"
    finally:
        deployed.run("rollback", "quick", "--undo")
    assert checks(verify(deployed, "deployment"))["deployment.switch"]["verdict"] == "ok"


def test_plans_are_judged_by_the_size_of_the_table(deployed, operator):
    """Trap 8."""
    tenant = new_tenant(deployed, operator)
    operator.execute('INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT \'Big \' || n, \'BIG-\' || n, %s, now() FROM generate_series(1, 20000) n', (tenant.id,))
    operator.execute('ANALYZE "Product"')
    seen = checks(verify(deployed, "performance"))["performance.products"]
    assert seen["verdict"] == "ok" and "idx_product_active_list" in seen["seen"] and "rows" in seen["seen"]
    operator.execute('DROP INDEX "idx_product_active_list"')
    seen = checks(verify(deployed, "performance", code=1))["performance.products"]
    deployed.run("indexes", "apply")
    assert seen["verdict"] == "fail" and "without an index" in seen["seen"]
    operator.execute('DELETE FROM "Product" WHERE "userId" = %s', (tenant.id,))
    operator.execute('VACUUM FULL "Product"')
    operator.execute('DROP INDEX "idx_product_trash"')
    seen = checks(verify(deployed, "performance", code=1))["performance.product_trash"]
    deployed.run("indexes", "apply")
    assert seen["verdict"] == "not applicable" and "too small to tell" in seen["seen"]


def test_a_server_that_is_away_fails_and_says_so(deployed):
    done = deployed.run("verify", "--url", "http://127.0.0.1:1", check=False)
    assert done.returncode == 1 and "does not answer" in done.stdout and "--url" in done.stdout
    assert verify(deployed)["ok"]


def test_a_report_is_signed_by_name_and_bound_to_what_was_verified(deployed, operator, tmp_path):
    """Trap 25."""
    answer = verify(deployed)
    signed = json.loads(deployed.run("verify", "sign", "--by", "Anna Berg", "--json", "--report", tmp_path).stdout)
    assert signed["hash"] == answer["hash"] and signed["report"] == answer["report"]
    assert [(each["role"], each["by"]) for each in signed["signatures"]] == [("signed", "Anna Berg")]
    deployed.run("verify", "sign", "--by", "Ben <Ops>", "--role", "deployed", "--report", tmp_path)
    again = deployed.run("verify", "sign", "--by", "Cem", check=False)
    assert again.returncode == 1 and "signed already" in again.stderr, "a role signs once"
    markdown = deployed.run("verify", "report", "--format", "markdown").stdout
    assert "**Sign-off**: Anna Berg" in markdown and answer["hash"] in markdown and "**Verified By**: \\_" not in markdown
    assert "**Verified By**: ____" in markdown
    page = next(tmp_path.glob("*.html")).read_text()
    assert "Ben &lt;Ops&gt;" in page and answer["report"]["schemaFingerprint"] in page
    assert next(tmp_path.glob("*.json")) and next(tmp_path.glob("*.md"))
    operator.execute("""UPDATE "_pixelpim_journal" SET detail = jsonb_set(detail, '{report}', to_jsonb(replace(detail ->> 'report', '"warn"', '"ok"')))
        WHERE operation = 'verify' AND detail ->> 'hash' = %s""", (answer["hash"],))
    changed = deployed.run("verify", "sign", "--by", "Dora", "--role", "verified", check=False)
    assert changed.returncode == 1 and "its hash differs" in changed.stderr


def test_the_backup_of_a_report_is_named_by_its_hash(deployed):
    deployed.run("backup", "create")
    report = verify(deployed, "database")["report"]
    assert report["backup"].startswith("backup_") and report["backupGrade"] in "ABC" and len(report["backupHash"]) == 64
