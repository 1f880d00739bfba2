"""`pixelpim migrate baseline`: the databases of the service that PixelPim replaces, in the states that there are, taken over with
every row; what is something else, or can't be taken over, is refused with the reason; and acceptance 3: duplicates."""

import functools
import json
import re

import pytest

from databases import MIGRATIONS, Database
from service import REPOSITORY, Service

ORIGINALS = re.findall(r'\{"(\d{8}\w*)",\s*"([0-9a-f]{64})"\}', (REPOSITORY / "src/ops/migrate/originals.hpp").read_text())
BY_STATE = [16, 18, 31]  # migrations of the service that each state has had
STATES = ["without soft delete", "with soft delete", "newest"]

LEDGER = """
CREATE TABLE "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)"""

# An argon2 or bcrypt hash is of no use here: nobody logs in with these accounts but through tokens of the command line.
ROWS = ["""
INSERT INTO "User"(email, fullname, password) VALUES ('anna@shop.example', 'Änna 😀', '$2b$10$abcdefghijklmnopqrstuv'), ('bert@shop.example', NULL, NULL);
INSERT INTO "Otp"(email, code, type, "expiresAt") VALUES ('new@shop.example', '123456', 'registration', now());
INSERT INTO "Attribute"(name, type, "defaultValue", "userId", "updatedAt") VALUES ('Colour', 'STRING', NULL, 1, now()), ('Preis', 'DECIMAL', '1', 1, now()), ('Theirs', 'STRING', NULL, 2, now());
INSERT INTO "AttributeGroup"(name, description, "userId", "updatedAt") VALUES ('Basics', NULL, 1, now());
INSERT INTO "AttributeGroupAttribute"("attributeId", "attributeGroupId", "defaultValue") VALUES (1, 1, 'red');
INSERT INTO "Family"(name, "userId", "updatedAt") VALUES ('Shirts', 1, now()), ('Shoes', 1, now());
INSERT INTO "FamilyAttribute"("familyId", "attributeId", "isRequired") VALUES (1, 1, true), (2, 1, false);
INSERT INTO "Category"(name, "userId", "updatedAt") VALUES ('Clothes', 1, now()), ('Kleidung – ñandú', 1, now());
INSERT INTO "Category"(name, "parentCategoryId", "userId", "updatedAt") VALUES ('Shirts', 1, 1, now());
INSERT INTO "AssetGroup"("groupName", "totalSize", "userId", "updatedAt") VALUES ('Photos', 999, 1, now());
INSERT INTO "Asset"(name, "fileName", "filePath", "mimeType", size, "userId", "assetGroupId", "updatedAt")
    VALUES ('front', 'f.png', '/uploads/1_a/f.png', 'image/png', 12, 1, 1, now()), ('loose', 'l.png', 'https://res.cloudinary.com/x/l.png', 'image/png', 12, 1, NULL, now());
INSERT INTO "Product"(name, sku, status, "userId", "categoryId", "familyId", "attributeGroupId", "parentProductId", "subImages", "updatedAt") VALUES
    ('Shirt', 'S', 'complete', 1, 3, 1, 1, NULL, ARRAY['a.jpg', 'a.jpg'], now()), ('Shirt, red', 'S-R', 'draft', 1, 3, 1, NULL, 1, NULL, now()),
    ('Gone parent', 'G', 'incomplete', 1, NULL, NULL, NULL, NULL, '{}', now()),
    ('Left variant', 'G-1', 'incomplete', 1, NULL, NULL, NULL, 3, '{}', now()),
    ('Second level', 'S-R-1', 'incomplete', 1, NULL, NULL, NULL, 2, '{}', now()),
    ('Other', 'S', 'pending', 2, NULL, NULL, NULL, NULL, '{}', now()), ('ß''"\\ 日本', E'T\\tab', 'incomplete', 2, 1, NULL, NULL, NULL, '{}', now());
INSERT INTO "ProductAttribute"("productId", "attributeId", value, "familyAttributeId") VALUES (1, 1, 'blue', 1), (2, 1, NULL, 2), (1, 2, 'XL', NULL), (1, 3, 'foreign', NULL);
INSERT INTO "ProductAsset"("productId", "assetId") VALUES (1, 1), (3, 2);
INSERT INTO "Notification"("userId", "entityType", action, message) VALUES (1, 'PRODUCT', 'BULK_CREATED', '5 imported');
INSERT INTO "ScheduledImport"(id, "cronExpression", "csvUrl", status, "userId", "updatedAt") VALUES ('ckabcdefghijklmnopqrstuvw', '0 * * * *', 'https://x/y.csv', 'processing', 1, now());
INSERT INTO "ImportExecutionLog"("scheduledImportId", status, "userId", "updatedAt") VALUES ('ckabcdefghijklmnopqrstuvw', 'failed', 1, now());
INSERT INTO "IntegrationLog"("productId", status, "userId", "integrationType", operation) VALUES (4711, 'error', 1, 'woocommerce', 'export');
""", """
UPDATE "Product" SET "isDeleted" = true, "deletedAt" = '2025-12-01 08:00' WHERE sku = 'G';
UPDATE "Asset" SET "isDeleted" = true, "deletedAt" = '2025-12-02 08:00' WHERE name = 'loose';
INSERT INTO "Product"(name, sku, "userId", "updatedAt", "isDeleted") VALUES ('No time', 'N', 1, now(), true);
UPDATE "User" SET "apiKey" = 'pk_1', "secretKey" = 'sk_1' WHERE id = 1;
INSERT INTO "Webhook"("userId", url, events, "updatedAt") VALUES (1, 'https://hook.example', NULL, now());
INSERT INTO "WebhookDelivery"("webhookId", event, payload, status) VALUES (1, 'product.created', '{"id": 1}', 'failed');
INSERT INTO "UserIntegrationCredentials"("userId", "integrationType", credentials, "updatedAt") VALUES (1, 'amazon', '{}', now());
""", """
INSERT INTO "User"(email, role, "ownerId") VALUES ('staff@shop.example', 'STAFF', 1);
INSERT INTO "UserPermission"("userId", resource, action, "updatedAt") VALUES (3, 'products', 'read', now());
INSERT INTO "ShareLink"(id, slug, "userId") VALUES ('cl1', 'abcdefABCDEF', 1);
INSERT INTO "SharedAsset"("shareLinkId", "assetId") VALUES ('cl1', 1), ('cl1', 4711);
INSERT INTO "SharedAssetGroup"("shareLinkId", "assetGroupId") VALUES ('cl1', 1);
INSERT INTO "WooCommerceConnection"("userId", "storeName", "storeUrl", "consumerKey", "consumerSecret", "updatedAt") VALUES (1, 's', 'https://s', 'k', 's', now());
INSERT INTO "WooCommerceExportMapping"("connectionId", "fieldMappings", "updatedAt") VALUES (1, '{}', now());
INSERT INTO "WooCommerceImportMapping"("connectionId", "attributeMappings", "fieldMappings", "updatedAt") VALUES (1, '{}', '{}', now());
INSERT INTO "WooCommerceProductSync"("connectionId", "productId", "wooProductId", "updatedAt") VALUES (1, NULL, 0, now()), (1, 4711, 5, now());
INSERT INTO "MyDealConnection"("userId", "connectionName", "baseApiUrl", "clientId", "clientSecret", "sellerId", "sellerToken", "updatedAt") VALUES (1, 'm', 'https://m', 'c', 's', 'i', 't', now());
INSERT INTO "MyDealExportMapping"("connectionId", "fieldMappings", "selectedFields", "updatedAt") VALUES (1, '{}', '{}', now());
INSERT INTO "MyDealImportMapping"("connectionId", "attributeMappings", "fieldMappings", "updatedAt") VALUES (1, '{}', '{}', now());
INSERT INTO "MyDealWorkItem"("workItemId", "userId", "productId", operation, "updatedAt") VALUES ('w1', 1, 4711, 'export', now());
"""]


def old_database(state: int, with_ledger: bool = True, rows: bool = True) -> Database:
    return Database(like=original(state, with_ledger, rows))


@functools.cache
def original(state: int, with_ledger: bool, rows: bool) -> Database:
    database = Database()
    for number in range(state + 1):
        database.up(MIGRATIONS[number])
        if rows:
            database.script(ROWS[number])
    if with_ledger:
        database.script(LEDGER)
        with database.connect() as connection:
            for name, checksum in ORIGINALS[:BY_STATE[state]]:
                connection.execute('INSERT INTO "_prisma_migrations" VALUES (gen_random_uuid(), %s, now(), %s, NULL, NULL, now(), 1)',
                                   (checksum, name))
    return database


def baseline(database: Database, *arguments, code: int = 0) -> dict:
    done = database.run("migrate", "baseline", "--json", *arguments, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def verdicts(report: dict, verdict: str) -> list[str]:
    return [each["what"] for each in report["differences"] if each["verdict"] == verdict]


def rows_of(database: Database, tables: list[str], columns: dict[str, list[str]]) -> dict:
    found = {}
    for table in tables:
        names = ", ".join(f'"{name}"' for name in columns[table])
        found[table] = sorted(database.fetch(f'SELECT {names} FROM public."{table}"'), key=repr)
    return found


def columns_of(database: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in database.fetch("SELECT table_name, column_name FROM information_schema.columns "
                                        "WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' ORDER BY 1, ordinal_position"):
        found.setdefault(table, []).append(column)
    return found


def deploy(database: Database) -> list[str]:
    return json.loads(database.run("migrate", "deploy", "--json").stdout)["applied"]


# --- the three states -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("state", range(3), ids=STATES)
def test_a_database_of_the_service_is_adopted_with_every_row(state):
    database = old_database(state)
    schema, columns = database.dump(), columns_of(database)
    before = rows_of(database, sorted(columns), columns)
    assert all(before.values()), "every table has rows"

    looked = baseline(database)
    assert looked["state"] == STATES[state] and not looked["adopted"] and verdicts(looked, "refused") == verdicts(looked, "done") == []
    assert looked["ledger"] == [] and looked["migrations"] == [folder.name for folder in MIGRATIONS[:state + 1]]
    noticed = " ".join(verdicts(looked, "kept"))
    assert "variants of variants: 1" in noticed and "links between tenants: 2" in noticed and "another family: 1" in noticed
    assert database.dump() == schema and rows_of(database, sorted(columns), columns) == before, "looking changes nothing"

    assert baseline(database, "--confirm")["adopted"]
    assert deploy(database) == [folder.name for folder in MIGRATIONS[state + 1:]]
    after = rows_of(database, sorted(columns), columns)
    for table in before:  # the columns of before; statuses are computed by now, and values inherited
        if table not in ("Product", "ProductAttribute"):
            assert after[table] == before[table], table
    assert [row[:3] for row in after["Product"]] == [row[:3] for row in before["Product"]]
    ours = [name for name, in database.fetch('SELECT migration_name FROM "_pixelpim_migrations" WHERE finished_at IS NOT NULL ORDER BY 1')]
    assert ours == [folder.name for folder in MIGRATIONS]
    again = baseline(database, "--confirm")
    assert again["adoptedBefore"] and again["state"] == STATES[state] and again["fingerprint"] == looked["fingerprint"]


@pytest.mark.parametrize("state", range(3), ids=STATES)
def test_the_ledger_of_its_tool_says_what_is_applied(state):
    """It would apply the same changes again: it is told of them when they are made, not before."""
    database = old_database(state)
    query = '''SELECT migration_name, checksum, coalesce(logs, '') FROM "_prisma_migrations" WHERE finished_at IS NOT NULL
               AND rolled_back_at IS NULL ORDER BY migration_name'''
    before = database.fetch(query)
    baseline(database, "--confirm")
    assert database.fetch(query) == before
    deploy(database)
    after = database.fetch(query)
    assert [(name, checksum) for name, checksum, _ in after] == sorted(ORIGINALS)
    assert {name for name, _, logs in after if logs} == {name for name, _ in ORIGINALS[BY_STATE[state]:]}


def test_what_was_in_the_trash_is_there_as_acts_and_for_a_month_more():
    database = old_database(2)
    baseline(database, "--confirm")
    deploy(database)
    acts = database.fetch('''SELECT d.kind, d."rootId", d."itemCount", d."purgeAfter" BETWEEN now() + '29 days' AND now() + '31 days',
                                    coalesce(p.sku, a.name) FROM "Deletion" d LEFT JOIN "Product" p ON p."deletionId" = d.id
                             LEFT JOIN "Asset" a ON a."deletionId" = d.id ORDER BY 5''')
    assert acts == [("adopted", 3, 1, True, "G"), ("adopted", 8, 1, None, "N"), ("adopted", 2, 1, True, "loose")], \
        "what nobody knows the time of is kept for good"
    assert database.fetch('SELECT v.sku FROM "Product" v JOIN "Product" p ON p."deletionId" = v."detachedBy"') == [("G-1",)]


def test_the_server_serves_the_data_of_the_service():
    database = old_database(2)
    baseline(database, "--confirm")
    deploy(database)
    server = Service(environment={"DATABASE_URL": database.url})
    try:
        server.start()
        token = server.run("token", "anna@shop.example").stdout.strip()
        with server.client(token) as client:
            listed = client.get("/products").json()
            assert {p["sku"] for p in listed["data"]} >= {"S", "G-1"} and "G" not in {p["sku"] for p in listed["data"]}
            assert client.get("/products/1").json()["name"] == "Shirt"
            assert {p["sku"] for p in client.get("/products/deleted").json()["data"]} == {"G", "N"}
            assert client.post("/products/3/restore").status_code in (200, 201)
            assert client.get("/products/3").json()["sku"] == "G"
            assert client.delete("/products/1").status_code == 200
    finally:
        server.remove()


# --- where databases vary ---------------------------------------------------------------------------------------------------

def test_the_original_soft_delete_migration_without_the_one_that_took_its_indexes_back():
    """Its unique indexes include deletedAt: two living products may share a SKU (D-… of the guide; acceptance 3)."""
    database = old_database(1)
    database.script("""
        DROP INDEX "Product_sku_userId_key", "Product_name_userId_key", "Asset_name_userId_assetGroupId_key";
        CREATE UNIQUE INDEX "Product_sku_userId_deletedAt_key" ON "Product"(sku, "userId", "deletedAt");
        CREATE UNIQUE INDEX "Product_name_userId_deletedAt_key" ON "Product"(name, "userId", "deletedAt");
        CREATE UNIQUE INDEX "Asset_name_userId_assetGroupId_deletedAt_key" ON "Asset"(name, "userId", "assetGroupId", "deletedAt");
        DELETE FROM "_prisma_migrations" WHERE migration_name = '20251119060523_ts_error'""")
    report = baseline(database, "--confirm")
    assert report["state"] == "with soft delete" and verdicts(report, "done") == []
    deploy(database)
    assert database.fetch("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%deletedAt%'") == []
    applied = [n for n, in database.fetch('SELECT migration_name FROM "_prisma_migrations" ORDER BY 1')]
    assert applied == sorted(name for name, _ in ORIGINALS)


def test_without_a_ledger_the_tables_say_what_counts():
    database = old_database(2, with_ledger=False)
    assert baseline(database, "--confirm")["adopted"]
    assert len(deploy(database)) == len(MIGRATIONS) - 3
    assert database.fetch("""SELECT to_regclass('"_prisma_migrations"')""") == [(None,)]


def test_a_state_between_two_is_completed():
    """Rights and share links were there, the shops' tables were not."""
    database = old_database(2)
    database.script("""
        DROP TABLE "MyDealWorkItem", "MyDealImportMapping", "MyDealExportMapping", "MyDealConnection";
        ALTER TABLE "Product" DROP COLUMN "thumbnailUrl";
        DROP INDEX "ShareLink_userId_idx";
        DELETE FROM "_prisma_migrations" WHERE migration_name > '2026'""")
    looked = baseline(database)
    assert looked["state"] == "newest" and looked["ledger"] == [name for name, _ in ORIGINALS if name > "2026"]
    done = verdicts(looked, "done")
    assert 'table "MyDealWorkItem" is missing' in done and 'column "thumbnailUrl" of "Product" is missing' in done
    baseline(database, "--confirm")
    whole = old_database(2)
    baseline(whole, "--confirm")
    assert sorted(line for line in database.dump() if "thumbnail" not in line) == sorted(line for line in whole.dump() if "thumbnail" not in line)
    deploy(database)


def test_indexes_made_by_hand_make_room_and_other_things_are_kept():
    database = old_database(2)
    database.script("""
        CREATE INDEX idx_product_active_category ON "Product"("categoryId") WHERE "isDeleted" = false;
        CREATE INDEX idx_product_active_sku_userid ON "Product"(sku, "userId") WHERE "isDeleted" = false;
        CREATE TABLE "TheirReport" (id int); CREATE VIEW their_view AS SELECT 1 AS one;
        ALTER TABLE "Product" ADD COLUMN "theirNote" text; ALTER TABLE "Product" ALTER COLUMN name TYPE varchar(300);
        ALTER TABLE "Product" ALTER COLUMN status SET DEFAULT 'new'""")
    report = baseline(database, "--confirm")
    assert len(verdicts(report, "done")) == 3 and report["adopted"]
    kept = " ".join(verdicts(report, "kept"))
    assert all(name in kept for name in ("TheirReport", "their_view", "theirNote", "idx_product_active_sku_userid"))
    deploy(database)
    assert "createdAt" in database.fetch("SELECT indexdef FROM pg_indexes WHERE indexname = 'idx_product_active_category'")[0][0]


def test_a_checksum_of_other_line_ends_is_no_hindrance():
    database = old_database(2)
    database.script("""UPDATE "_prisma_migrations" SET checksum = repeat('0', 64) WHERE migration_name LIKE '%init'""")
    report = baseline(database)
    assert any("_init has another checksum" in what for what in verdicts(report, "kept")) and not report["refused"]


@pytest.mark.parametrize("change,said", [
    ("""UPDATE "_prisma_migrations" SET finished_at = NULL, logs = 'column "x" contains null' WHERE migration_name LIKE '%init'""", 'contains null'),
    ("""INSERT INTO "_prisma_migrations" VALUES ('x', 'y', now(), '20270101000000_ours', NULL, NULL, now(), 1)""", "20270101000000_ours is not one"),
    ('ALTER TABLE "Product" ALTER COLUMN sku TYPE int USING 1', "integer instead of text"),
    ('ALTER TABLE "Product" DROP COLUMN sku', '"sku" of "Product" is missing'),
    ('DROP TABLE "Category" CASCADE', '"Category" is missing'),
    ('ALTER TABLE "Product" ENABLE ROW LEVEL SECURITY', "row security"),
    ('CREATE TABLE "Deletion" (id int)', 'table "Deletion"'),
    ('ALTER TABLE "Product" ADD COLUMN must text NOT NULL DEFAULT \'x\'; ALTER TABLE "Product" ALTER COLUMN must DROP DEFAULT', "wants a value"),
    ("CREATE SCHEMA live", 'called "live"'),
], ids=["failed migration", "unknown migration", "other type", "no SKU", "no categories", "row security", "taken name", "column of theirs",
        "taken schema"])
def test_what_can_not_be_taken_over_is_refused_with_its_reason(change, said):
    database = old_database(2, rows=False)
    database.script(change)
    before = database.dump()
    report = baseline(database, "--confirm", code=1)
    assert any(said in what for what in verdicts(report, "refused")), report
    assert not report["adopted"] and database.dump() == before


def test_an_unknown_migration_passes_by_force():
    database = old_database(2, rows=False)
    database.script("""INSERT INTO "_prisma_migrations" VALUES ('x', 'y', now(), '20270101000000_ours', NULL, NULL, now(), 1)""")
    assert baseline(database, "--confirm", "--force")["adopted"]


def test_a_database_of_something_else_is_refused():
    database = Database()
    assert "no database of the service" in database.run("migrate", "baseline", check=False).stderr
    database.script('CREATE TABLE "User" (id int); CREATE TABLE "Product" (id int)')
    before = database.dump()
    done = database.run("migrate", "baseline", "--confirm", check=False)
    assert done.returncode == 1 and "can't be adopted" in done.stdout and database.dump() == before


def test_it_is_refused_while_others_write_and_connected_ones_are_named():
    database = old_database(2)
    with database.connect(autocommit=False) as writer:
        writer.execute("SET application_name = 'the old service'")
        writer.commit()
        writer.execute("""UPDATE "Product" SET name = name WHERE id = 1""")
        report = baseline(database, "--confirm", code=1)
        assert any("the old service" in what and "writes" in what for what in verdicts(report, "refused"))
        writer.rollback()
        report = baseline(database)
        assert any("the old service" in what for what in verdicts(report, "kept"))


# --- rows in the way --------------------------------------------------------------------------------------------------------

DUPLICATES = """
DROP INDEX "Product_sku_userId_key", "Product_name_userId_key";
INSERT INTO "Product"(name, sku, "userId", "createdAt", "updatedAt") SELECT 'Dup', 'DUP', 1, now() - n * interval '1 hour', now() FROM generate_series(1, 5) n;
INSERT INTO "Category"(name, "userId", "createdAt", "updatedAt") VALUES ('Twice', 1, '2025-01-01', now()), ('Twice', 1, '2025-01-02', now());
INSERT INTO "Category"(name, "userId", "parentCategoryId", "updatedAt") SELECT 'Below', 1, min(id), now() FROM "Category" WHERE name = 'Twice';
INSERT INTO "AssetGroup"("groupName", "userId", "createdAt", "updatedAt") VALUES ('Same', 1, '2025-01-01', now()), ('Same', 1, '2025-01-02', now());
INSERT INTO "Asset"(name, "fileName", "filePath", "mimeType", size, "userId", "createdAt", "updatedAt") SELECT 'pic', 'p', '/uploads/' || n, 'image/png', 1, 1, now() - n * interval '1 day', now() FROM generate_series(1, 3) n;
"""


@pytest.mark.parametrize("state", range(3), ids=STATES)
def test_acceptance_3_duplicates_stop_the_deploy_and_go_to_the_trash_when_told(state):
    database = old_database(state)
    database.script(DUPLICATES)
    products = database.fetch('SELECT id, name, sku FROM "Product" ORDER BY id')
    categories = database.fetch('SELECT id, name FROM "Category" ORDER BY id')
    assert any("only one may be: 8" in what for what in verdicts(baseline(database, "--confirm"), "left"))
    schema = None
    for _ in range(2):
        stopped = database.run("migrate", "deploy", check=False)
        assert stopped.returncode == 1 and "DUP" in stopped.stderr and "--fix duplicates" in stopped.stderr
        assert "Deletion" not in "".join(database.dump())
        schema = schema or database.dump()
        assert database.dump() == schema, "it stops before it changes anything"

    shown = database.run("doctor", "--fix", "duplicates", check=False)
    assert shown.returncode == 1 and "DUP" in shown.stdout
    fixed = json.loads(database.run("doctor", "--fix", "duplicates", "--confirm", "--json").stdout)
    assert fixed["fixed"] == 8 and fixed["planned"]
    assert database.run("doctor", "--undo", fixed["entry"]).returncode == 0
    assert database.run("migrate", "deploy", check=False).returncode == 1, "undone"
    entry = json.loads(database.run("doctor", "--fix", "duplicates", "--confirm", "--json").stdout)["entry"]
    assert entry > fixed["entry"]
    deploy(database)

    assert database.fetch('SELECT id, name, sku FROM "Product" ORDER BY id') == products, "each has its name"
    assert database.fetch('SELECT id, name FROM "Category" ORDER BY id') == categories
    trashed = database.fetch("""SELECT count(*), count(DISTINCT "deletedAt"), count(DISTINCT "deletionId"), min("createdAt") FILTER (WHERE NOT "isDeleted") =
                                (SELECT max("createdAt") FROM "Product" WHERE sku = 'DUP'), count(*) FILTER (WHERE "isDeleted") FROM "Product" WHERE sku = 'DUP'""")
    assert trashed == [(5, 4, 1, True, 4)], "the most recent lives; no two have the same time; one act"
    assert database.fetch('SELECT kind, "itemCount" FROM "Deletion" WHERE kind <> \'adopted\' ORDER BY kind') == [
        ("asset", 2), ("assetGroup", 1), ("category", 2), ("product", 4)], "a category goes with what is below it"
    assert json.loads(database.run("doctor", "--json", check=False).stdout)["ok"] is (state == 0)
    if state == 2:
        restore_all_by_rename(database, [product for product, name, sku in products if sku == "DUP"])


def restore_all_by_rename(database: Database, products: list[int]):
    """All of them live then: the one that did, and the others under names of their own."""
    server = Service(environment={"DATABASE_URL": database.url})
    try:
        server.start()
        with server.client(server.run("token", "anna@shop.example").stdout.strip()) as client:
            for product in products:
                if client.get(f"/products/{product}").status_code == 404:
                    restored = client.post(f"/products/{product}/restore", params={"onConflict": "rename"})
                    assert restored.status_code in (200, 201), restored.text
            skus = [client.get(f"/products/{product}").json()["sku"] for product in products]
            assert len(set(skus)) == 5 and "DUP" in skus and all(sku.startswith("DUP") for sku in skus)
    finally:
        server.remove()


def test_rows_whose_owner_is_gone_come_back_to_a_quarantine():
    """Trap 11: nothing is deleted to please a constraint."""
    database = old_database(2)
    database.script("""SET LOCAL session_replication_role = replica;
        INSERT INTO "Product"(name, sku, "userId", "updatedAt") VALUES ('Orphan', 'O', 77, now());
        UPDATE "Product" SET "categoryId" = 99 WHERE id = 1; INSERT INTO "ProductAsset"("productId", "assetId") VALUES (1, 98)""")
    assert any("which is gone: 3" in what for what in verdicts(baseline(database, "--confirm"), "left"))
    assert database.run("migrate", "deploy", check=False).returncode == 1
    entry = json.loads(database.run("doctor", "--fix", "orphans", "--confirm", "--json").stdout)
    assert entry["fixed"] == 3 and not entry["planned"]
    deploy(database)
    assert database.fetch("""SELECT p.sku, u.email, u.password FROM "Product" p JOIN "User" u ON u.id = p."userId" WHERE p.name = 'Orphan'""") == [
        ("O", "quarantine-77@pixelpim.invalid", None)]
    assert database.fetch('SELECT count(*) FROM "ProductAsset" WHERE "assetId" = 98') == [(0,)]
    assert database.fetch("""SELECT nextval('"User_id_seq"') > 77""") == [(True,)]


def test_a_key_that_is_missing_is_made_once_its_orphans_are_seen_to():
    database = old_database(2)
    database.script("""ALTER TABLE "ProductAsset" DROP CONSTRAINT "ProductAsset_assetId_fkey";
        INSERT INTO "ProductAsset"("productId", "assetId") VALUES (1, 98)""")
    refused = baseline(database, "--confirm", code=1)
    assert any("which is gone: 1" in what for what in verdicts(refused, "refused"))
    database.run("doctor", "--fix", "orphans", "--confirm")
    assert verdicts(baseline(database, "--confirm"), "done") == ['constraint "ProductAsset_assetId_fkey" of "ProductAsset" is missing']
    deploy(database)


def test_accounts_that_differ_in_case_only_are_told_before_anything_is_changed():
    database = old_database(2)
    database.script("""INSERT INTO "User"(email) VALUES ('ANNA@shop.example')""")
    baseline(database, "--confirm")
    stopped = database.run("migrate", "deploy", check=False)
    assert stopped.returncode == 1 and "ANNA@shop.example (account 4)" in stopped.stderr
