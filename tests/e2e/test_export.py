"""Export of catalogues: GET /products/export, the replaced service's routes, and `pixelpim export`."""

import csv
import io
import json
import socket
import time
import xml.etree.ElementTree as tree

import openpyxl
import pytest

from service import wait_until
from tenants import new_staff, new_tenant
from test_import import by_sku, fingerprint, upload

NASTY = ['=1+1', "+49 30", "-x", "@home", "\tTab", "'=quoted", "''-y", "'plain", 'say "hi"', "a,b", "two\nlines", "cr\r\nlf",
         "semi;colon", " spaces ", "ünïcödé", "_x0041_", "<b>&amp;</b>", "-5", "'-5", "=", "[1, 2]", "\\/|"]


def exported(api, **params) -> str:
    answer = api.request("GET", "/products/export", 200, params=params)
    return answer.content.decode()


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def nasty(tenant, database):
    """A catalogue with everything that an export could spoil."""
    note, price, flag = tenant.attribute("Note"), tenant.attribute("price", "NUMBER"), tenant.attribute("is new", "BOOLEAN")
    unused, status = tenant.attribute("unused", "DATE"), tenant.attribute("status")
    family = tenant.family("Boots", required=(note,), optional=(price, unused))
    root = tenant.category("Shop")
    odd = tenant.category("Men/Women | \\ all", root)
    more = tenant.category("Gifts")
    group = tenant.attribute_group("Basics")
    parent = None
    for number, value in enumerate(NASTY):
        product = tenant.create(name=f"Nasty {number}", sku=f"NASTY-{number:02d}", familyId=family if number % 2 else None,
                                categoryId=odd if number % 3 else None, attributeGroupId=group if number == 4 else None,
                                subImages=["/a, b.png", "/c.png"] if number == 5 else ["/x.png", "/y.png"] if number == 6 else [],
                                imageUrl="=image" if number == 7 else None)
        for attribute, text in ((note, value), (price, "1.50" if number % 2 else "7"), (flag, "true"), (status, "sold")):
            database.execute('''INSERT INTO "ProductAttribute" ("productId", "attributeId", value, "familyAttributeId")
                                SELECT %s, %s, %s, (SELECT id FROM "FamilyAttribute" WHERE "familyId" = %s AND "attributeId" = %s)''',
                             (product["id"], attribute, text, family if number % 2 else 0, attribute))
        for position, category in enumerate((more, root) if number == 3 else ()):
            database.execute('INSERT INTO "ProductCategory" VALUES (%s, %s, %s)', (product["id"], category, 7 + position))
        parent = parent or product
    tenant.variant(parent["id"], name="A variant", sku="NASTY-VAR")
    return tenant


def content_of(database, tenant: int) -> list:
    """All that a catalogue says, without ids and times."""
    return database.execute('''
        WITH RECURSIVE path AS (
            SELECT id, ARRAY[name] AS path FROM live."Category" WHERE "userId" = %(t)s AND "parentCategoryId" IS NULL
            UNION ALL SELECT c.id, p.path || c.name FROM live."Category" c JOIN path p ON c."parentCategoryId" = p.id)
        SELECT p.sku, p.name, p."productLink", p."imageUrl", p."subImages", p."thumbnailUrl", p.status, f.name, g.name, c.path,
               o.sku, ARRAY(SELECT m.path::text FROM "ProductCategory" x JOIN path m ON m.id = x."categoryId"
                             WHERE x."productId" = p.id ORDER BY x.position),
               ARRAY(SELECT ROW(a.name, a.type, v.value, v."familyAttributeId" IS NOT NULL)::text FROM "ProductAttribute" v
                       JOIN live."Attribute" a ON a.id = v."attributeId" WHERE v."productId" = p.id AND v.value <> '' ORDER BY a.name),
               ARRAY(SELECT ROW(a.name, a.type, x."isRequired")::text FROM "FamilyAttribute" x
                       JOIN live."Attribute" a ON a.id = x."attributeId" WHERE x."familyId" = f.id ORDER BY x.id)
          FROM live."Product" p
          LEFT JOIN live."Family" f ON f.id = p."familyId" LEFT JOIN live."AttributeGroup" g ON g.id = p."attributeGroupId"
          LEFT JOIN path c ON c.id = p."categoryId" LEFT JOIN live."Product" o ON o.id = p."parentProductId"
         WHERE p."userId" = %(t)s ORDER BY p.sku''', {"t": tenant}).fetchall()


# --- what is exported can be imported ------------------------------------------------------------------------------

@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_is_imported_again_without_any_change(nasty, database, other_tenant, form):
    answer = nasty.request("GET", "/products/export", 200, params={"format": form})
    before = fingerprint(database)
    again = upload(nasty, answer.content)
    assert (again["created"], again["updated"], again["rejected"], again["linksRefused"]) == (0, 0, 0, 0), again
    assert again["unchanged"] == len(NASTY) + 1
    assert fingerprint(database) == before
    first = upload(other_tenant, answer.content)
    assert (first["created"], first["failedRows"], first["failedLinks"]) == (len(NASTY) + 1, [], [])
    assert content_of(database, other_tenant.id) == content_of(database, nasty.id)


def test_a_shops_catalogue_goes_out_and_in_again(tenant, other_tenant, database, samples):
    upload(tenant, (samples / "magento/products.csv").read_bytes())
    content = tenant.request("GET", "/products/export", 200).content
    before = fingerprint(database)
    again = upload(tenant, content)
    assert (again["rows"], again["unchanged"], again["rejected"]) == (1994, 1994, 0)
    assert fingerprint(database) == before
    assert upload(other_tenant, content)["created"] == 1994
    assert content_of(database, other_tenant.id) == content_of(database, tenant.id)


# --- cells ---------------------------------------------------------------------------------------------------------

def test_d57b_cells_are_protected_from_being_formulas(nasty):
    """D-57b: formulas, quotes and line ends in cells and in headers."""
    nasty.attribute("=HYPERLINK evil")
    text = exported(nasty)
    read = list(csv.reader(io.StringIO(text, newline="")))
    header = read[0]
    assert "'=HYPERLINK evil [STRING]" in header
    for cell in (cell for row in read for cell in row):
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
        assert not cell.startswith("-") or cell == "-5", cell
    notes = [row["Note [STRING]"] for row in rows(text)][:len(NASTY)]
    assert notes[0] == "'=1+1" and notes[5] == "''=quoted" and notes[NASTY.index("-5")] == "-5"
    assert notes[NASTY.index("cr\r\nlf")] == "cr\r\nlf"


# --- columns and filters -------------------------------------------------------------------------------------------

def test_columns_and_attributes_are_chosen(nasty):
    [header, first, *rest] = csv.reader(io.StringIO(exported(nasty, columns="sku,name,id", attributes="price,Note", search="nasty 1")))
    assert header == ["sku", "name", "id", "price [NUMBER]", "Note [STRING]"]
    assert first[:2] == ["NASTY-01", "Nasty 1"] and len(rest) == 10
    number = next(a["id"] for a in nasty.get("/products/export/attributes") if a["name"] == "price")
    assert exported(nasty, columns="sku", attributes=str(number)).splitlines()[0] == "sku,price [NUMBER]"
    assert exported(nasty, columns="sku", attributes="").splitlines()[0] == "sku"
    for params, words in (({"columns": "sku,colour"}, '"colour"'), ({"attributes": "nope"}, '"nope"'), ({"format": "pdf"}, "format")):
        answer = nasty.request("GET", "/products/export", 400, params=params)
        assert words in answer.json()["message"][0]


def test_the_filters_of_the_list_choose_the_products(nasty, database):
    family = database.execute('SELECT id FROM "Family" WHERE "userId" = %s', (nasty.id,)).fetchone()[0]
    skus = [row["sku"] for row in rows(exported(nasty, familyId=family))]
    assert skus == [f"NASTY-{n:02d}" for n in range(1, len(NASTY), 2)]
    assert "NASTY-VAR" in [row["sku"] for row in rows(exported(nasty))]
    assert "NASTY-VAR" not in [row["sku"] for row in rows(exported(nasty, variants="false"))]
    names = [row["name"] for row in rows(exported(nasty, sortBy="name", sortOrder="desc"))]
    assert len(names) == len(NASTY) + 1 and names[0] == "Nasty 9"


def test_json_lines_have_values_of_their_types(nasty):
    lines = [json.loads(line) for line in exported(nasty, format="jsonl").splitlines()]
    assert len(lines) == len(NASTY) + 1
    assert lines[1]["attributes"] == {"is new": True, "Note": NASTY[1], "price": 1.5, "status": "sold"}
    assert lines[5]["subImages"] == ["/a, b.png", "/c.png"] and lines[0]["family"] is None


def test_a_spreadsheet_has_numbers_and_flags(nasty):
    answer = nasty.request("GET", "/products/export", 200, params={"format": "xlsx"})
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert int(answer.headers["content-length"]) == len(answer.content)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.title == "Products" and sheet["A1"].font.bold and sheet.max_row == len(NASTY) + 2
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, [cell.value for cell in sheet[2]]))
    assert (row["price [NUMBER]"], row["is new [BOOLEAN]"], row["Note [STRING]"]) == (7, True, "=1+1")
    assert sheet.cell(2, header.index("Note [STRING]") + 1).data_type == "s", "a text, no formula"


def test_the_trash_and_other_tenants_are_not_exported(nasty, other_tenant, database):
    nasty.delete(by_sku(nasty, "NASTY-03")["id"])
    assert "NASTY-03" not in exported(nasty)
    assert len(rows(exported(other_tenant))) == 0
    note = next(a["id"] for a in nasty.get("/products/export/attributes") if a["name"] == "Note")
    database.execute('UPDATE "Attribute" SET "isDeleted" = true WHERE id = %s', (note,))
    assert "Note" not in exported(nasty).splitlines()[0]


# --- how it is sent ------------------------------------------------------------------------------------------------

def test_an_export_comes_in_chunks_under_a_name(nasty):
    answer = nasty.request("GET", "/products/export", 200, params={"filename": "übersicht"})
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.headers["content-disposition"] == \
        "attachment; filename=\"_bersicht.csv\"; filename*=UTF-8''%C3%BCbersicht.csv"
    head = nasty.request("HEAD", "/products/export", 200)
    assert head.content == b"" and head.headers["content-type"].startswith("text/csv")


@pytest.fixture(scope="module")
def large(service, database):
    """100,000 products, made by the database itself."""
    tenant = new_tenant(service, database, "large")
    attribute = tenant.attribute("text")
    database.execute(f'''INSERT INTO "Product" (name, sku, "userId", status, "updatedAt")
                         SELECT 'Product ' || n, 'LARGE-' || n, %s, 'incomplete', now() FROM generate_series(1, 100000) n''', (tenant.id,))
    database.execute('''INSERT INTO "ProductAttribute" ("productId", "attributeId", value)
                        SELECT id, %s, repeat('x', 200) FROM "Product" WHERE "userId" = %s''', (attribute, tenant.id))
    database.execute('ANALYZE "Product", "ProductAttribute"')
    return tenant


def test_a_large_export_takes_constant_memory(large, service):
    """D-57: an export of any size is no burden."""
    exported(large, search="Product 1", columns="sku")  # what it needs at all
    before = service.memory("VmHWM")
    with large.http.stream("GET", "/products/export") as answer:
        size = sum(len(piece) for piece in answer.iter_bytes())
    assert size > 100_000 * 200
    assert service.memory("VmHWM") - before < 16 * 1024, "KiB for 25 MB"


def exports_under_way(database) -> int:
    return database.execute('''SELECT count(*) FROM pg_stat_activity
                                WHERE application_name = 'pixelpim' AND xact_start IS NOT NULL AND query LIKE '-- What is told of the products%' ''').fetchone()[0]


def test_an_export_ends_when_its_client_goes(large, database):
    with large.http.stream("GET", "/products/export") as answer:
        pieces = answer.iter_bytes()  # (who lets go of them hangs up)
        next(pieces)  # the head of the table, which can come before the statement has begun
        wait_until(lambda: exports_under_way(database) == 1, 30, "it to wait for its client, in its snapshot")
    wait_until(lambda: exports_under_way(database) == 0, 30, "it to end with its client")


def test_a_client_may_take_longer_than_a_statement(large, database):
    """What is read ahead waits for the client; an operator's limit for statements is not one for clients."""
    name = database.execute("SELECT quote_ident(current_database())").fetchone()[0]
    # What is read ahead of 250 products is more than a socket takes.
    database.execute("""UPDATE "ProductAttribute" SET value = repeat('y', 8000) WHERE "productId" IN (
                            SELECT id FROM "Product" WHERE "userId" = %s ORDER BY id LIMIT 3000)""", (large.id,))
    database.execute(f"ALTER DATABASE {name} SET statement_timeout = '1s'")
    try:
        with large.http.stream("GET", "/products/export") as answer:
            pieces = answer.iter_bytes()
            size = len(next(pieces))
            time.sleep(3)
            size += sum(len(piece) for piece in pieces)
        assert size > 97_000 * 200 + 3_000 * 8000
    finally:
        database.execute(f"ALTER DATABASE {name} RESET statement_timeout")


def test_too_many_exports_at_once_are_refused_and_disturb_nobody(large, service):
    held = []
    for _ in range(8):
        connection = socket.create_connection(("127.0.0.1", service.port))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(f"GET /products/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {large.token}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        held.append(connection)
    answer = large.request("GET", "/products/export")
    assert answer.status_code == 503 and "Retry-After" in answer.headers
    assert large.get("/products?limit=1")["pagination"]["total"] == 100_000
    for connection in held:
        connection.close()
    wait_until(lambda: large.request("GET", "/products/export", params={"search": "LARGE-77777"}).status_code == 200, 30,
               "the places to be given back")


# --- the replaced service's routes ---------------------------------------------------------------------------------

COLUMNS = ["id", "name", "sku", "status", "productLink", "imageUrl", "categoryId", "categoryName", "categoryDescription",
           "attributeId", "attributeName", "attributeType", "attributeDefaultValue", "attributeGroupId", "attributeGroupName",
           "attributeGroupDescription", "familyId", "familyName", "variantCount", "variantNames", "variantSkus", "userId",
           "createdAt", "updatedAt", "customAttributes"]


@pytest.fixture
def shoe(tenant, database):
    colour, size = tenant.attribute("Colour", default="black"), tenant.attribute("Size (EU)", "INTEGER")
    family = tenant.family("Shoes", optional=(size,))
    product = tenant.create(name="Shoe, red", sku="SHOE-1", familyId=family, categoryId=tenant.category("Feet", description="All feet"),
                            attributeGroupId=tenant.attribute_group("Look", description="How it looks"),
                            attributesWithValues=[{"attributeId": colour, "value": "=red"}],
                            familyAttributesWithValues=[{"attributeId": size, "value": "42"}])
    tenant.variant(product["id"], name="Shoe 42", sku="SHOE-42")
    plain = tenant.create(name="Plain", sku="PLAIN")
    tenant.shoe, tenant.plain, tenant.colour, tenant.size = product["id"], plain["id"], colour, size
    return tenant


def old(api, path="/products/export", expect=200, **body):
    return api.request("POST", path, expect, json=body)


def test_the_envelope_of_the_replaced_service(shoe, other_tenant):
    foreign = other_tenant.create()["id"]
    body = old(shoe, productIds=[shoe.plain, shoe.shoe, shoe.shoe, foreign, 999999999], attributes=["sku", "categoryName"],
               filename="mine.csv").json()
    assert body["data"] == [{"sku": "SHOE-1", "categoryName": "Feet"}, {"sku": "PLAIN", "categoryName": None}]
    assert (body["format"], body["filename"], body["totalRecords"]) == ("json", "mine.json", 2)
    assert body["selectedAttributes"] == ["sku", "categoryName"] and body["exportedAt"].endswith("Z")
    assert old(shoe, productIds=[shoe.shoe], attributes=["id"], format="excel").json()["filename"].startswith("products_export_2")
    missing = old(shoe, expect=404, productIds=[foreign], attributes=["id"]).json()
    assert missing["message"] == "No products found with the provided IDs or access denied"


def test_d34_no_column_is_always_empty(shoe):
    """D-34: the attribute columns hold values, and chosen attributes too without `customAttributes` beside them."""
    [record, other] = old(shoe, productIds=[shoe.shoe, shoe.plain], attributes=COLUMNS).json()["data"]
    assert list(record) == COLUMNS
    assert all(value not in (None, "") for key, value in record.items() if key not in ("productLink", "imageUrl"))
    assert (record["attributeId"], record["attributeName"]) == (f"{shoe.colour}, {shoe.size}", "Colour, Size (EU)")
    assert (record["attributeType"], record["variantCount"], record["variantSkus"]) == ("STRING, INTEGER", 1, "SHOE-42")
    assert record["customAttributes"] == {"Colour": "=red"}
    assert other["categoryName"] is None and other["variantCount"] == 0
    chosen = [{"attributeId": shoe.colour, "attributeName": "Colour"}, {"attributeId": shoe.size, "attributeName": "Size (EU)", "columnName": "EU"}]
    body = old(shoe, productIds=[shoe.shoe, shoe.plain], attributes=["sku"], selectedAttributes=chosen).json()
    assert body["data"] == [{"sku": "SHOE-1", "Colour": "=red", "EU": "42"}, {"sku": "PLAIN", "Colour": "black"}]
    assert [c["columnName"] for c in body["customAttributes"]] == ["Colour", "EU"]


@pytest.mark.parametrize("form, extension, mime", [
    ("csv", "csv", "text/csv"), ("json", "json", "application/json"), ("xml", "xml", "application/xml"),
    ("excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")])
def test_downloads_in_every_form(shoe, form, extension, mime):
    answer = old(shoe, "/products/export/download", productIds=[shoe.shoe, shoe.plain], attributes=["sku", "name"], format=form,
                 filename="list.txt", selectedAttributes=[{"attributeId": shoe.colour, "attributeName": "Colour", "columnName": "1 <Colour>"}])
    assert answer.headers["content-type"].startswith(mime)
    assert answer.headers["content-disposition"] == f'attachment; filename="list.txt.{extension}"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    if form == "csv":
        assert answer.text == 'sku,name,1 <Colour>\nSHOE-1,"Shoe, red",\'=red\nPLAIN,Plain,black\n'
    elif form == "json":
        assert answer.json() == [{"sku": "SHOE-1", "name": "Shoe, red", "1 <Colour>": "=red"}, {"sku": "PLAIN", "name": "Plain", "1 <Colour>": "black"}]
        assert answer.text.startswith('[\n  {\n    "sku"')
    elif form == "xml":
        products = tree.fromstring(answer.content)
        assert [p.get("id") for p in products] == ["1", "2"]
        assert [(e.tag, e.get("name"), e.text) for e in products[0]] == [
            ("sku", None, "SHOE-1"), ("name", None, "Shoe, red"), ("_1__Colour_", "1 <Colour>", "=red")]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert [[cell.value for cell in row] for row in sheet] == [
            ["sku", "name", "1 <Colour>"], ["SHOE-1", "Shoe, red", "=red"], ["PLAIN", "Plain", "black"]]


def test_d57b_a_file_name_can_not_break_the_header(shoe):
    """D-57b: what the client names goes into Content-Disposition by RFC 6266."""
    for name, shown in (('a"b\r\nX-Evil: 1', 'attachment; filename="a-bX-Evil- 1.csv"'), ("../../etc/passwd", 'attachment; filename="-..-etc-passwd.csv"'),
                        ("größe", "attachment; filename=\"gr__e.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.csv")):
        answer = old(shoe, "/products/export/download", productIds=[shoe.shoe], attributes=["sku"], format="csv", filename=name)
        assert answer.headers["content-disposition"] == shown and "X-Evil" not in answer.headers


@pytest.mark.parametrize("change, words", [
    ({"productIds": []}, "At least one product ID must be provided"), ({"productIds": ["1"]}, "productIds"), ({"productIds": None}, "productIds"),
    ({"productIds": list(range(1, 10_002))}, "productIds"), ({"attributes": []}, "At least one attribute must be selected"),
    ({"attributes": ["colour"]}, "attributes"), ({"format": "pdf"}, "format"), ({"filename": 7}, "filename"),
    ({"extra": 1}, "property extra should not exist"), ({"selectedAttributes": [{"attributeId": "x"}]}, "selectedAttributes.0"),
    ({"selectedAttributes": [{"attributeId": 999999999, "attributeName": "x"}]}, "999999999"),
    ({"selectedAttributes": [{"attributeId": 1, "attributeName": "sku"}]}, '"sku"')])
def test_wrong_bodies_are_refused_with_the_field(shoe, change, words):
    for path in ("/products/export", "/products/export/download"):
        answer = old(shoe, path, 400, **({"productIds": [shoe.shoe], "attributes": ["sku"]} | change))
        assert any(words in message for message in answer.json()["message"]), answer.text


def test_the_attributes_that_can_be_exported(shoe):
    assert shoe.get("/products/export/attributes") == [
        {"id": shoe.colour, "name": "Colour", "type": "STRING", "defaultValue": "black"},
        {"id": shoe.size, "name": "Size (EU)", "type": "INTEGER", "defaultValue": None}]


# --- the command ---------------------------------------------------------------------------------------------------

def test_the_command_writes_what_the_route_answers(nasty, service, tmp_path):
    for form in ("csv", "jsonl"):
        written = service.run("export", "--user", nasty.email, "--format", form).stdout
        assert written == exported(nasty, format=form).replace("\r\n", "\n")
    chosen = service.run("export", "--user", nasty.email, "--columns", "sku", "--attributes", "price", "--query", "search=nasty%2011")
    assert chosen.stdout == "sku,price [NUMBER]\nNASTY-11,1.50\n"
    refused = service.run("export", "--user", nasty.email, "--columns", "colour", check=False)
    assert '"colour"' in refused.stderr


def test_who_may_not_export_is_refused(tenant):
    reader = new_staff(tenant, grants=(("products", "read"),))
    reader.request("GET", "/products/export", 403)
    new_staff(tenant, grants=(("products", "export"),)).request("GET", "/products/export", 200)
