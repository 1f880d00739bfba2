"""An evening as an operator has it: a database of the service that PixelPim replaces, the whole runbook in its order to the sign-off,
days of use, both ways back, the old program on what is left, and a second deployment; compared by hash, the trash too."""

import hashlib
import json
import re
import subprocess

from databases import Database
from old_program import OldProgram
from receivers import Inbox, receiving_mails
from service import PROGRAM, REPOSITORY, Service
from tenants import PASSWORD, Tenant
from test_adoption import columns_of, old_database
from test_rollback import all_rows, schema_of, used_database

TRASHES = ("Product", "Asset", "AssetGroup", "Category", "Family", "Attribute", "AttributeGroup")


def hashes(database, columns: dict[str, list[str]]) -> dict[str, str]:
    """Of each table's living rows, in these columns."""
    found = {}
    for table, names in columns.items():
        has_trash = table in TRASHES and database.fetch(f"""SELECT 1 FROM pg_attribute WHERE attrelid = '"{table}"'::regclass AND attname = 'isDeleted'""")
        rows = database.fetch(f'''SELECT ({", ".join(f't."{name}"' for name in names)})::text FROM public."{table}" t {'WHERE NOT t."isDeleted"' if has_trash else ""}''')
        found[table] = hashlib.sha256("\n".join(sorted(str(row) for row in rows)).encode()).hexdigest()
    return found


def blocks() -> list[tuple[str, str, str]]:
    """The runbook's commands with their section and what is shown below them."""
    page, found, section = (REPOSITORY / "docs/operations/deployment.md").read_text(), [], ""
    for heading, command, shown in re.findall(r"^#+ ([^\n]*)$|^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", page, re.M | re.S):
        section = heading or section
        if command:
            found.append((section, command, shown))
    return found


class Operator:
    def __init__(self, service: Service, bin_folder):
        (bin_folder / "pixelpim").symlink_to(PROGRAM)
        self.environment = service.environment | {"PATH": f"{bin_folder}:/usr/bin:/bin", "PIM": service.url, "EMAIL": "ops@shop.example", "PASSWORD": PASSWORD,
                                                  "no_proxy": "*"}

    def types(self, command: str, shown: str = ""):
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=300, env=self.environment)
        assert done.returncode == 0, command + done.stdout + done.stderr
        for line in shown.splitlines():
            assert line in done.stdout, (command, done.stdout)


def test_the_whole_guide_both_ways_back_and_a_second_deployment(tmp_path):
    database = old_database(2)
    columns = {table: names for table, names in columns_of(database).items()}
    schema, found_then = schema_of(database), hashes(database, columns)
    with receiving_mails(Inbox()) as inbox:
        service = Service(environment={"DATABASE_URL": database.url, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(inbox.port), "SMTP_SECURITY": "none",
                                       "SMTP_FROM": "pim@example.com", "TEAM_MAIL": "team@example.com", "CONTACT": "ops@example.com"})
        operator = Operator(service, tmp_path)
        try:
            the_runbook(service, operator, database)
            assert [subject[:13] for subject in inbox.subjects()] == ["[Maintenance]", "[Complete] So"]
            with database.connect() as connection:
                # The operator has an account now, which made a product by hand and was told so.
                theirs = {table: names for table, names in columns.items() if table not in ("User", "Notification")}
                assert hashes(database, theirs) == {table: found_then[table] for table in theirs}, "deployed, no living row changed"
                anna = Tenant(service, connection, "anna@shop.example", service.run("token", "anna@shop.example").stdout.strip(), 1)
                gone = days_of_use(anna)
                back_and_forth_at_once(service, operator, anna, gone)
            service.stop()
            before, living = all_rows(database), hashes(database, {table: columns[table] for table in ("Product", "Asset", "ProductAttribute", "Category")})
            altogether(operator, database, schema, living, columns)
            a_second_deployment(service, operator, database, before, inbox)
            with database.connect() as connection:
                assert set(gone) <= set(Tenant(service, connection, "anna@shop.example", anna.token, 1).ids("/products/deleted"))
        finally:
            if service.process and service.process.poll() is None:
                service.stop()
            service.remove()


def the_runbook(service: Service, operator: Operator, database):
    for section, command, shown in blocks():
        if section.startswith("2. ") and "migrate deploy" in command:
            operator.types("pixelpim migrate baseline --confirm", "Adopted. Next: `pixelpim migrate deploy`.")
        if section.startswith("6. ") and not service.process:
            # One row was in the trash without a time; the checklist warned, and verify would not pass it.
            operator.types("pixelpim doctor --fix flags --confirm")
            service.start()
            service.run("user", "add", "ops@shop.example", "--password-stdin", stdin=PASSWORD)
        operator.types(command, shown)
    report = json.loads(service.run("verify", "report", "--json").stdout)
    assert report["ok"] and sorted((each["role"], each["by"]) for each in report["signatures"]) == [
        ("deployed", "Anna Berg"), ("signed", "Cem Kaya"), ("verified", "Ben Adler")]
    assert all(each["verdict"] != "fail" for each in report["report"]["criteria"])


def days_of_use(anna: Tenant) -> list[int]:
    """Things of some kinds go to the trash; the products that did."""
    parent = anna.create(name="Boot", sku="BOOT")
    variants = [anna.create(name=f"Boot {size}", sku=f"BOOT-{size}", parentSku="BOOT")["id"] for size in (41, 42)]
    anna.delete(variants[1])
    anna.delete(parent["id"])
    unused = anna.asset("unused")
    anna.request("DELETE", f"/assets/{unused}", 200)
    anna.request("POST", "/trash/holds", 201, json={"kind": "product", "itemId": parent["id"], "reason": "a case"})
    return [parent["id"], variants[1]]


def back_and_forth_at_once(service: Service, operator: Operator, anna: Tenant, gone: list[int]):
    operator.types("pixelpim rollback quick --confirm", "The trash is off, for every server")
    anna.get("/trash", 404)
    meanwhile = anna.create()["id"]
    assert anna.delete(meanwhile) == {"message": "Product successfully deleted"}
    failed = service.run("verify", "deployment", "--url", service.url, check=False)
    assert failed.returncode == 1 and "pixelpim rollback quick --undo" in failed.stdout
    operator.types("pixelpim rollback quick --undo", "The trash is on again")
    assert {*gone, meanwhile} <= set(anna.ids("/products/deleted"))
    gone.append(meanwhile)


def altogether(operator: Operator, database, schema: list[str], living: dict[str, str], columns):
    operator.types("pixelpim rollback full", "Nothing was changed.")
    operator.types("pixelpim backup create --name before_rollback --verify")
    operator.types("pixelpim rollback full --confirm", "living rows are what they were, compared by hash.")
    assert schema_of(database) == schema, "the schema of before"
    assert hashes(database, {table: columns[table] for table in ("Category", "ProductAttribute")}) == {
        table: living[table] for table in ("Category", "ProductAttribute")}
    assert database.fetch("""SELECT count(*) FROM "Product" WHERE sku IN ('BOOT', 'BOOT-42')""") == [(0,)]
    copy = Database(like=database)
    with OldProgram(copy.url, 1) as old:
        product = old.work()
        old.delete_softly(product)
        assert product not in [row[0] for row in old.products()]
    assert copy.fetch('SELECT count(*) FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL') == [(31,)]


def a_second_deployment(service: Service, operator: Operator, database, before: dict[str, list[str]], inbox: Inbox):
    """In one command; what the rollback put aside is in it again, before anybody is served."""
    inbox.mails.clear()
    stopped = service.run("deploy", "--confirm", "--by", "Anna Berg", check=False, timeout=300)
    assert stopped.returncode == 1 and "No PixelPim serves" in stopped.stderr, stopped.stderr
    again = all_rows(database)
    assert {table: again[table] for table in before} == before, "the same ids, deletions and days of purge"
    service.start()
    done = json.loads(service.run("deploy", "--confirm", "--json", timeout=300).stdout)
    steps = {step["name"]: step["seen"] for step in done["steps"]}
    assert done["state"] == "done" and "with their ids, deletions and days of purge" in steps["archive"] and done["by"] == "Anna Berg"
    assert [subject[:13] for subject in inbox.subjects()] == ["[Maintenance]", "[Complete] So"]


# --- an old program on a database with a trash ------------------------------------------------------------------------------------

VIEWS, VIEWS_OFF = (command for command in re.findall(r"^```sh\n(.*?)^```$", (REPOSITORY / "docs/operations/rollback.md").read_text(), re.M | re.S)
                    if "SCHEMA old_program" in command)


def test_the_views_protect_the_trash_from_what_the_old_program_sends():
    """`?schema=old_program` in its DATABASE_URL: it sees what lives, and what it deletes for good is in the trash."""
    database = Database(like=used_database(2)[0])
    schema = schema_of(database)
    subprocess.run(["bash", "-eu", "-c", VIEWS], check=True, env=database.program.environment, capture_output=True)
    trashed = database.fetch('SELECT count(*) FROM "Product" WHERE "isDeleted"')[0][0]
    living = database.fetch('SELECT count(*) FROM "Product" WHERE NOT "isDeleted" AND "userId" = 1')[0][0]
    assert trashed >= 2
    with OldProgram(database.url, 1, schema="old_program") as old:
        assert old.count() == living
        product = old.work()
        assert sum(count for _, _, count in old.categories_with_counts()) == database.fetch(
            """SELECT count(*) FROM "Product" p WHERE NOT p."isDeleted" AND p."categoryId" IN (SELECT id FROM "Category" WHERE NOT "isDeleted" AND "userId" = 1)""")[0][0]
        assert old.send('DELETE FROM {Product} WHERE ({Product.id} = %s AND 1=1) RETURNING {Product.id}', product) == [(product,)]
        assert old.count() == living
    assert database.fetch(f"""SELECT "isDeleted", "deletedAt" IS NOT NULL FROM "Product" WHERE id = {product}""") == [(True, True)]
    assert database.fetch(f"""SELECT value FROM "ProductAttribute" WHERE "productId" = {product}""") == [("7",)], "its values are there"
    assert database.fetch('SELECT count(*) FROM "Product" WHERE "isDeleted"')[0][0] == trashed + 2
    subprocess.run(["bash", "-eu", "-c", VIEWS_OFF], check=True, env=database.program.environment, capture_output=True)
    assert schema_of(database) == schema
    findings = {each["check"] for each in json.loads(database.run("doctor", "--json", check=False).stdout)["findings"]}
    assert not findings & {"totals", "deletions", "detached"}, findings
