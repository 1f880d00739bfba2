"""Import of catalogues: `pixelpim import` and POST /products/import."""

import csv
import io
import json
import os
import time

import pytest

from service import REPOSITORY

TABLES = ("Product", "ProductAttribute", "ProductCategory", "Category", "Family", "Attribute", "FamilyAttribute",
                  "Deletion", "AuditEvent")
MAGENTO = ["sku", "name", "product_type", "attribute_set_code", "categories", "base_image", "additional_images",
           "additional_attributes", "configurable_variations", "price"]


def fingerprint(database) -> dict[str, str]:
    """A hash over every column of every row of every table, of all tenants: nothing may change anywhere."""
    return {name: database.execute(f'''SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))
                                       FROM "{name}" t''').fetchone()[0] for name in TABLES}


def table(rows: list[dict], columns: list[str] | None = None, **form) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(rows[0]), restval="", **{"lineterminator": "\n", **form})
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def upload(api, content: bytes, expect: int = 200, **fields) -> dict:
    answer = api.request("POST", "/products/import", files={"file": ("products.csv", content, "text/csv")}, data=fields)
    assert answer.status_code == expect, answer.text
    return answer.json()


def by_sku(api, sku: str) -> dict:
    return api.get(f"/products/sku/{sku}")


# --- the real catalogue --------------------------------------------------------------------------------------------

@pytest.mark.alone
def test_a_shops_catalogue_goes_in_whole_and_the_second_time_changes_nothing(tenant, database, samples, tmp_path):
    file = samples / "magento/products.csv"
    command = ["import", file, "--dialect", "magento", "--user", tenant.email, "--rejects", tmp_path / "rejects.csv", "--json"]
    begin = time.monotonic()
    first = json.loads(tenant.service.run(*command).stdout)
    assert time.monotonic() - begin < 5 * max(1, os.getloadavg()[0] / os.cpu_count()), "seconds, of a machine that is not busy"
    assert (first["rows"], first["created"], first["rejected"], first["variants"]) == (1994, 1994, 0, 1847)
    assert first["rejectFile"] is None and not (tmp_path / "rejects.csv").exists()

    assert tenant.get("/products?limit=1")["pagination"]["total"] == 147
    unlinked = database.execute('''SELECT count(*) FROM live."Product" v LEFT JOIN live."Product" p ON p.id = v."parentProductId"
                                    WHERE v."userId" = %s AND p.id IS NULL
                                      AND NOT EXISTS (SELECT FROM "Product" c WHERE c."parentProductId" = v.id)''',
                                (tenant.id,)).fetchone()[0]
    assert unlinked == 0

    before = fingerprint(database)
    second = json.loads(tenant.service.run(*command).stdout)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 1994)
    assert fingerprint(database) == before


def test_what_the_catalogue_says_of_a_product_is_there(tenant, samples):
    with (samples / "magento/products.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    content = (samples / "magento/products.csv").read_bytes()
    assert upload(tenant, content)["successCount"] == len(rows)
    for row in (rows[0], rows[700], next(r for r in rows if r["product_type"] == "configurable")):
        product = by_sku(tenant, row["sku"])
        assert product["name"] == row["name"]
        assert product["family"]["name"] == row["attribute_set_code"]
        assert product["imageUrl"] == (row["base_image"] or None)
        first_path = row["categories"].split(",")[0].split("/")
        assert product["category"]["name"] == first_path[-1]
        values = {a["name"]: a["value"] for a in product["attributes"]}
        values |= {a["name"]: a["value"] for a in product["family"]["optionalAttributes"]}
        assert values["description"] == row["description"].strip()


def test_the_demo_catalogue_is_what_its_maker_makes(tenant):
    content = (REPOSITORY / "demo/catalogue.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    answer = upload(tenant, content)
    assert answer["dialect"] == "magento"
    assert answer["created"] == answer["totalRows"] == len(rows) and 280 <= len(rows) <= 320
    assert answer["failedRows"] == [] and answer["failedLinks"] == [] and answer["columnsLeftOut"] == []


# --- rows ----------------------------------------------------------------------------------------------------------

def test_variants_are_linked_whether_they_come_before_or_behind_their_parent(tenant):
    answer = upload(tenant, table([
        {"sku": "SHIRT-S", "name": "Shirt S", "product_type": "simple", "attribute_set_code": "Tops"},
        {"sku": "SHIRT", "name": "Shirt", "product_type": "configurable", "attribute_set_code": "Tops",
         "configurable_variations": "sku=SHIRT-S,size=S|sku=SHIRT-M,size=M"},
        {"sku": "SHIRT-M", "name": "Shirt M", "product_type": "simple", "attribute_set_code": "Tops"}], MAGENTO))
    assert answer["variants"] == 2 and answer["failedLinks"] == []
    shirt = by_sku(tenant, "SHIRT")
    assert sorted(v["sku"] for v in tenant.get(f"/products/{shirt['id']}/variants")["data"]) == ["SHIRT-M", "SHIRT-S"]


def test_categories_come_from_their_paths_and_the_first_is_the_products(tenant, database):
    upload(tenant, table([{"sku": "MUG-1", "name": "Mug", "product_type": "simple", "attribute_set_code": "Cups",
                           "categories": "Shop/Table/Cups,Shop/Gifts,Other/Cups"}], MAGENTO))
    product = by_sku(tenant, "MUG-1")
    assert product["category"]["name"] == "Cups"
    paths = database.execute('''
        WITH RECURSIVE path AS (
            SELECT id, name::text AS path FROM "Category" WHERE "userId" = %(t)s AND "parentCategoryId" IS NULL
            UNION ALL SELECT c.id, p.path || '/' || c.name FROM "Category" c JOIN path p ON c."parentCategoryId" = p.id)
        SELECT path, id = %(c)s, (SELECT position FROM "ProductCategory" x WHERE x."categoryId" = path.id)
          FROM path ORDER BY path''', {"t": tenant.id, "c": product["category"]["id"]}).fetchall()
    assert paths == [("Other", False, None), ("Other/Cups", False, 3), ("Shop", False, None), ("Shop/Gifts", False, 2),
                     ("Shop/Table", False, None), ("Shop/Table/Cups", True, None)]


def test_quoted_newlines_crlf_and_a_byte_order_mark_are_read(tenant):
    content = b"\xef\xbb\xbf" + table([{"sku": "NOTE-1", "name": "Note, \"one\"", "memo": "first\nsecond"}], lineterminator="\r\n")
    assert upload(tenant, content)["created"] == 1
    product = by_sku(tenant, "NOTE-1")
    assert product["name"] == 'Note, "one"'
    assert [(a["name"], a["value"]) for a in product["attributes"]] == [("memo", "first\nsecond")]


def test_a_row_that_cant_go_in_is_named_and_the_rest_goes_in(tenant):
    tenant.create(sku="OLD-1", name="Taken name")
    answer = upload(tenant, table([
        {"sku": "GOOD-1", "name": "Good"},
        {"sku": "BAD", "name": "Short SKU"},
        {"sku": "", "name": "No SKU"},
        {"sku": "BAD-2", "name": "n" * 101},
        {"sku": "GOOD-1", "name": "Twice"},
        {"sku": "BAD-3", "name": "Good"},
        {"sku": "BAD-4", "name": "Taken name"},
        {"sku": "GOOD-2", "name": "Good too"}]))
    assert (answer["totalRows"], answer["successCount"], answer["created"], answer["rejected"]) == (8, 2, 2, 6)
    errors = {failed["row"]: failed["error"] for failed in answer["failedRows"]}
    assert sorted(errors) == [3, 4, 5, 6, 7, 8]
    for line, words in {3: "sku", 4: "sku", 5: "name", 6: "GOOD-1", 7: "Good", 8: "OLD-1"}.items():
        assert words in errors[line]
    assert by_sku(tenant, "GOOD-1")["name"] == "Good" and by_sku(tenant, "GOOD-2")["name"] == "Good too"


def test_rejects_are_written_to_a_file_with_line_and_reason(tenant, tmp_path):
    source = tmp_path / "some.csv"
    source.write_bytes(table([{"sku": "BAD", "name": 'A "short" one'}, {"sku": "GOOD-9", "name": "Good nine"}]))
    done = tenant.service.run("import", source, "--user", tenant.email)
    assert "1 created" in done.stdout and "1 rejected" in done.stdout and "some.csv.rejects.csv" in done.stdout
    rejects = list(csv.DictReader((tmp_path / "some.csv.rejects.csv").open(newline="")))
    assert [(r["line"], r["kind"]) for r in rejects] == [("2", "row")]
    assert '"BAD"' in rejects[0]["reason"]


def test_a_link_that_cant_be_made_is_named_and_its_row_goes_in(tenant):
    answer = upload(tenant, table([
        {"sku": "KIT-1", "name": "Kit", "parentSku": "NOWHERE-1"},
        {"sku": "KIT-2", "name": "Kit two", "parentSku": "KIT-2"},
        {"sku": "KIT-3", "name": "Kit three", "parentSku": "KIT-4"},
        {"sku": "KIT-4", "name": "Kit four", "parentSku": "KIT-1"}]))
    assert answer["created"] == 4 and answer["failedRows"] == []
    assert sorted(failed["row"] for failed in answer["failedLinks"]) == [2, 3, 4]


# --- what is there already -----------------------------------------------------------------------------------------

def test_a_row_changes_what_it_says_and_leaves_the_rest(tenant):
    upload(tenant, table([{"sku": "LAMP-1", "name": "Lamp", "imageUrl": "/lamp.png", "subImages": "/a.png,/b.png",
                           "colour": "red", "watts": "40"}]))
    before = by_sku(tenant, "LAMP-1")
    answer = upload(tenant, table([{"sku": "LAMP-1", "name": "Lamp", "watts": "60"}]))
    assert (answer["created"], answer["updated"]) == (0, 1)
    after = by_sku(tenant, "LAMP-1")
    assert after["id"] == before["id"]
    assert (after["imageUrl"], after["subImages"]) == ("/lamp.png", ["/a.png", "/b.png"])
    assert {a["name"]: a["value"] for a in after["attributes"]} == {"colour": "red", "watts": "60"}


def test_names_can_be_swapped_within_one_file(tenant):
    upload(tenant, table([{"sku": "SWAP-1", "name": "Left"}, {"sku": "SWAP-2", "name": "Right"}]))
    answer = upload(tenant, table([{"sku": "SWAP-1", "name": "Right"}, {"sku": "SWAP-2", "name": "Left"}]))
    assert (answer["updated"], answer["failedRows"]) == (2, [])
    assert (by_sku(tenant, "SWAP-1")["name"], by_sku(tenant, "SWAP-2")["name"]) == ("Right", "Left")


def test_a_product_in_the_trash_stays_there(tenant):
    upload(tenant, table([{"sku": "GONE-1", "name": "Gone", "colour": "red"}]))
    old = by_sku(tenant, "GONE-1")
    tenant.delete(old["id"])
    answer = upload(tenant, table([{"sku": "GONE-1", "name": "Gone", "colour": "blue"}]))
    assert answer["created"] == 1
    assert by_sku(tenant, "GONE-1")["id"] != old["id"]
    assert [p["id"] for p in tenant.get("/products/deleted")["data"]] == [old["id"]]


def test_two_imports_at_once_make_each_product_once(tenant):
    from concurrent.futures import ThreadPoolExecutor
    content = table([{"sku": f"RACE-{n:03}", "name": f"Race {n}", "category": "Cars/Fast", "family": "Racers", "speed": str(n)}
                     for n in range(300)])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: upload(tenant, content), range(4)))
    assert sum(a["created"] for a in answers) == 300
    assert all(a["successCount"] == 300 for a in answers)
    assert tenant.get("/products?limit=1")["pagination"]["total"] == 300


def test_an_import_is_seen_by_its_own_tenant_only(tenant, other_tenant):
    upload(tenant, table([{"sku": "MINE-1", "name": "Mine"}]))
    assert other_tenant.get("/products?limit=1")["pagination"]["total"] == 0
    upload(other_tenant, table([{"sku": "MINE-1", "name": "Mine"}]))
    assert by_sku(tenant, "MINE-1")["id"] != by_sku(other_tenant, "MINE-1")["id"]


def test_one_event_tells_of_an_import(tenant):
    upload(tenant, table([{"sku": f"EVENT-{n}", "name": f"Event {n}"} for n in range(5)]))
    events = [e for e in tenant.events() if e["action"] == "product.import"]
    assert len(events) == 1 and events[0]["detail"]["created"] == 5
    upload(tenant, table([{"sku": f"EVENT-{n}", "name": f"Event {n}"} for n in range(5)]))
    assert len([e for e in tenant.events() if e["action"] == "product.import"]) == 1, "nothing changed, nothing to tell"


# --- the mapping, and files that can't be used ---------------------------------------------------------------------

def test_a_mapping_says_which_column_is_which(tenant):
    answer = upload(tenant, table([{"Title": "Mapped", "Code": "MAP-1", "Colour [Short text]": "red", "Junk": "x"}]),
                    mapping=json.dumps({"name": "Title", "sku": "Code", "Color": "Colour"}))
    assert answer["columnsLeftOut"] == ["Junk"]
    product = by_sku(tenant, "MAP-1")
    assert product["name"] == "Mapped"
    assert [(a["name"], a["value"]) for a in product["attributes"]] == [("Color", "red")]


@pytest.mark.parametrize("content, fields, status, words", [
    (b"", {}, 400, "empty"),
    (b"title,price\nA,1\n", {}, 400, '"sku"'),
    (b"sku,name\nS-01,A\n", {"mapping": "{"}, 400, "Invalid mapping JSON"),
    (b"sku,name\nS-01,A\n", {"mapping": '{"sku":"Code","name":"name"}'}, 400, '"Code"'),
    (b"sku,name\nS-01,A\n", {"dialect": "shopware"}, 400, '"shopware"'),
    (b"sku,name\nS-01,A\n", {"dialect": "magento"}, 400, "product_type"),
    (b"sku,name\nS-01,A\n", {"colour": "red"}, 400, "property colour should not exist"),
    (b"PK\x03\x04rest", {}, 400, "workbook"),
    (b"\xd0\xcf\x11\xe0rest", {}, 415, ".xls"),
    (b"sku,name\nS-01,A\n", {"mode": "delete"}, 400, "mode"),
    (b"sku,name\nS-01,A\n", {"dryRun": "perhaps"}, 400, "dryRun"),
])
def test_a_file_that_cant_be_used_is_refused_with_the_reason(tenant, content, fields, status, words):
    answer = upload(tenant, content, expect=status, **fields)
    message = answer["message"]
    assert words in (message if isinstance(message, str) else " ".join(message))
    assert tenant.get("/products?limit=1")["pagination"]["total"] == 0


def test_the_planner_knows_of_a_large_import_at_once(tenant, database):
    upload(tenant, table([{"name": f"Analyzed {i}", "sku": f"ANALYZED-{i}"} for i in range(6000)]))
    assert database.execute("""SELECT count(*) FROM pg_stats_ext_exprs
                                WHERE statistics_name IN ('stat_product_name', 'stat_product_sku')""").fetchone()[0] == 2


def test_a_request_without_a_file_is_refused(tenant):
    for more in ({"files": {"mapping": (None, "{}")}}, {"json": {}}, {"data": {"file": "x"}}):
        answer = tenant.request("POST", "/products/import", **more)
        assert (answer.status_code, answer.json()["message"]) == (400, "Missing file upload")


def test_a_file_over_the_limit_is_refused_and_not_kept(new_service):
    """D-57: files had no limit."""
    service = new_service()
    service.state.mkdir(parents=True)
    (service.state / "pixelpim.toml").write_text("import_bytes_max = 10000\n")
    service.start()
    with service.connect() as database:
        from tenants import new_tenant
        tenant = new_tenant(service, database)
        upload(tenant, table([{"sku": "FITS-1", "name": "Fits"}]))
        upload(tenant, table([{"sku": f"BIG-{n}", "name": f"Big {n}"} for n in range(2000)]), expect=413)
        assert tenant.get("/products?limit=1")["pagination"]["total"] == 1
    assert list((service.state / "tmp").iterdir()) == []
    assert service.stop() == 0


def test_who_may_not_import_is_refused(tenant):
    from tenants import new_staff
    reader = new_staff(tenant, grants=(("products", "read"), ("products", "create")))
    upload(reader, table([{"sku": "STAFF-1", "name": "Staff"}]), expect=403)
    importer = new_staff(tenant, grants=(("products", "import"),))
    assert upload(importer, table([{"sku": "STAFF-1", "name": "Staff"}]))["created"] == 1
    assert by_sku(tenant, "STAFF-1")["name"] == "Staff"
