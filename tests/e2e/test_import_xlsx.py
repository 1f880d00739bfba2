"""Import of spreadsheets, typed columns, values that must fit, modes and dry runs."""

import datetime
import io
import json
import re
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test_import import by_sku, fingerprint, table, upload


def sheet(rows: list[list], **more) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, form in more.items():
        book.active[cell].number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values(product: dict) -> dict:
    return {a["name"]: a["value"] for a in product["attributes"]}


def types(api) -> dict:
    return {a["name"]: a["type"] for a in api.get("/products/export/attributes")}


# --- spreadsheets --------------------------------------------------------------------------------------------------

def test_a_spreadsheet_is_read_as_a_csv_file_is(tenant):
    content = sheet([["SKU", "Name", "category", "Price", "New", "Since", "At", "Ratio", "EAN"],
                     ["XL-001", "Lamp", "Shop/Lamps", 19.9, True, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 18, 30), 0.1 + 0.2, 4006381333931],
                     [],
                     ["XL-002", "  Rug ", "Shop", 7, False, datetime.date(1999, 12, 31), None, 1, None]])
    answer = upload(tenant, content)
    assert (answer["totalRows"], answer["created"], answer["failedRows"]) == (2, 2, [])
    lamp = by_sku(tenant, "XL-001")
    assert values(lamp) == {"Price": "19.9", "New": "true", "Since": "2024-02-29", "At": "2024-02-29T18:30:00", "Ratio": "0.3", "EAN": "4006381333931"}
    assert lamp["category"]["name"] == "Lamps" and by_sku(tenant, "XL-002")["name"] == "Rug"
    assert {"Price": "NUMBER", "New": "BOOLEAN", "Since": "DATE"}.items() <= types(tenant).items()
    assert upload(tenant, content)["unchanged"] == 2


def test_d36_category_and_parent_of_a_spreadsheet_are_taken(tenant):
    """D-36: every column counts, also with a mapping; types hold for the values that are stored."""
    answer = upload(tenant, sheet([["Code", "Title", "Group", "Master", "Price [Decimal]"], ["KID-1", "Kid", "A/B", "KID-0", "x"],
                                   ["KID-0", "Master", "A", None, 5], ["KID-2", "Second", "A/B", "KID-0", 7.5]]),
                    mapping=json.dumps({"sku": "Code", "name": "Title", "category": "Group", "parentSku": "Master", "Price": "Price"}))
    assert [(f["row"], f["error"]) for f in answer["failedRows"]] == [(2, 'Price: "x" must be a number, for example 12.5')]
    assert by_sku(tenant, "KID-2")["category"]["name"] == "B"
    assert [v["sku"] for v in by_sku(tenant, "KID-0")["variants"]] == ["KID-2"]
    assert types(tenant) == {"Price": "NUMBER"}


def test_d36_rejected_rows_leave_nothing_behind(tenant, database):
    """D-36: no family, attribute or category is made for rows that are not accepted."""
    answer = upload(tenant, table([{"sku": "BAD", "name": "Short", "family": "Ghosts", "category": "Haunted", "Chill": "cold"}]))
    assert (answer["rejected"], answer["familiesMade"], answer["attributesMade"], answer["categoriesMade"]) == (1, 0, 0, 0)
    for name in ("Family", "Attribute", "Category"):
        assert database.execute(f'SELECT count(*) FROM "{name}" WHERE "userId" = %s', (tenant.id,)).fetchone()[0] == 0


def test_errors_in_cells_are_named(tenant):
    parts = parts_of(sheet([["sku", "name", "Price"], ["ERR-1", "One", 1], ["ERR-2", "Two", 2]]))
    page = "xl/worksheets/sheet1.xml"
    parts[page], count = re.subn(rb'<c r="C2"[^>]*>.*?</c>', b'<c r="C2" t="e"><v>#DIV/0!</v></c>', parts[page])
    assert count == 1
    answer = upload(tenant, packed(parts))
    assert [(f["row"], f["error"]) for f in answer["failedRows"]] == [(2, "Price: it holds the error #DIV/0!")]
    assert answer["created"] == 1


def packed(parts: dict, level: int = 6) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return out.getvalue()


def parts_of(content: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def test_spreadsheets_that_are_traps_are_refused(tenant, service):
    """D-57: a workbook is bounded, however it is packed."""
    parts = parts_of(sheet([["sku", "name"], ["TRAP-1", "Trap"]]))
    bomb = parts | {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + b" " * (80 << 20) + b"</sheetData></worksheet>"}
    assert "too large" in upload(tenant, packed(bomb, 9), expect=400)["message"]
    entities = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><worksheet><sheetData><row><c t="str"><v>&c;</v></c></row></sheetData></worksheet>'
    assert "document type" in upload(tenant, packed(parts | {"xl/worksheets/sheet1.xml": entities}), expect=400)["message"]
    cut = packed(parts)
    for end in (10, len(cut) // 2, len(cut) - 10):
        assert "workbook" in upload(tenant, cut[:end], expect=400)["message"]
    assert "no XLSX workbook" in upload(tenant, packed({"a.txt": b"a"}), expect=400)["message"]
    broken = packed(parts | {"xl/worksheets/sheet1.xml": parts["xl/worksheets/sheet1.xml"][:-30]})
    assert "damaged" in upload(tenant, broken, expect=400)["message"]
    assert tenant.get("/products")["pagination"]["total"] == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(blacklist_characters="\0\ufffe\uffff", blacklist_categories=("Cs", "Cn")), min_size=1, max_size=40)
                .filter(lambda text: text.strip(" \t\r\n\v\f")), min_size=1, max_size=8))
def test_any_text_goes_out_and_in_again(tenant, database, texts):
    """Through CSV and through XLSX: what comes in again changes nothing."""
    database.execute('DELETE FROM "Product" WHERE "userId" = %s', (tenant.id,))
    note = database.execute('SELECT id FROM "Attribute" WHERE "userId" = %s', (tenant.id,)).fetchone()
    note = note[0] if note else tenant.attribute("note")
    for text in texts:
        product = tenant.create()
        database.execute('INSERT INTO "ProductAttribute" ("productId", "attributeId", value) VALUES (%s, %s, %s)', (product["id"], note, text))
    for form in ("csv", "xlsx"):
        content = tenant.request("GET", "/products/export", 200, params={"format": form}).content
        again = upload(tenant, content)
        assert (again["unchanged"], again["updated"], again["rejected"]) == (len(texts), 0, 0), (form, again, texts)


# --- types and values ----------------------------------------------------------------------------------------------

def test_d37_headers_keep_their_names_and_find_what_is_there(tenant):
    """D-37: imageUrl and its like are recognised, names keep their case, and an attribute that differs in case only is found."""
    colour = tenant.attribute("Color", "STRING")
    upload(tenant, table([{"sku": "CASE-1", "name": "Case", "imageUrl": "/a.png", "productLink": "https://shop.example/a", "subImages": "/b.png",
                           "COLOR": "red", "Fresh Name": "x"}]))
    product = by_sku(tenant, "CASE-1")
    assert (product["imageUrl"], product["productLink"], product["subImages"]) == ("/a.png", "https://shop.example/a", ["/b.png"])
    assert values(product) == {"Color": "red", "Fresh Name": "x"}
    assert [a["id"] for a in tenant.get("/products/export/attributes") if a["name"] == "Color"] == [colour]


def test_d37_a_type_comes_from_the_whole_column(tenant):
    """D-37: the first value says nothing of the others."""
    rows = [("true", "1", "2024-01-01", "https://a.example/x", "a@b.example", "<b>x</b>", "007", '["a"]', "yes"),
            ("maybe", "2.5", "2024-02-31", "b", "c@d.example", "plain", "7", '["b", "c"]', "No")]
    columns = ["flagish", "number", "dayish", "linkish", "mail", "html", "code", "list", "flag"]
    upload(tenant, table([{"sku": f"TYPE-{n}", "name": f"Type {n}"} | dict(zip(columns, row)) for n, row in enumerate(rows)]))
    assert types(tenant) == {"flagish": "STRING", "number": "NUMBER", "dayish": "STRING", "linkish": "STRING", "mail": "EMAIL",
                             "html": "HTML", "code": "STRING", "list": "ARRAY", "flag": "BOOLEAN"}
    assert values(by_sku(tenant, "TYPE-1"))["flag"] == "false", "stored in the one form"


def test_a_type_in_the_header_is_what_is_made(tenant):
    upload(tenant, table([{"sku": "HEAD-1", "name": "Head", "Weight [Decimal]": "1", "Notes [Long Text]": "x", "On [Boolean]": "yes",
                           "Choice [ENUM]": "a", "Count [Integer]": "3", "Odd [Thing]": "y"}]))
    assert types(tenant) == {"Weight": "NUMBER", "Notes": "TEXT", "On": "BOOLEAN", "Choice": "ENUM", "Count": "INTEGER", "Odd -Thing-": "STRING"}
    answer = upload(tenant, table([{"sku": "HEAD-2", "name": "Head 2", "Count [Integer]": "3.5"}]))
    assert [(f["row"], f["error"]) for f in answer["failedRows"]] == [(2, 'Count: "3.5" must be an integer number, for example 42')]


def test_values_must_fit_the_attributes_that_are_there(tenant, database):
    tenant.attribute("Price", "NUMBER"), tenant.attribute("Day", "DATE")
    size = tenant.attribute("Size", "ENUM")
    database.execute('UPDATE "Attribute" SET options = %s WHERE id = %s', (["S", "M"], size))
    answer = upload(tenant, table([{"sku": "FIT-1", "name": "One", "Price": "1.5", "Day": "2024-02-29", "Size": "S"},
                                   {"sku": "FIT-2", "name": "Two", "Price": "cheap", "Day": "2023-02-29", "Size": "S"},
                                   {"sku": "FIT-3", "name": "Three", "Size": "XL"}]))
    assert answer["created"] == 1
    errors = {f["row"]: f["error"] for f in answer["failedRows"]}
    assert errors[3] == ('Day: "2023-02-29" must be a date as YYYY-MM-DD, for example 2026-11-24; Price: "cheap" must be a number, for example 12.5')
    assert errors[4] == 'Size: "XL" must be one of: S, M'


def test_a_shops_catalogue_has_typed_attributes_that_can_be_filtered(tenant, samples):
    upload(tenant, (samples / "magento/products.csv").read_bytes())
    known = types(tenant)
    assert (known["price"], known["color"], known["description"]) == ("NUMBER", "STRING", "HTML")
    cheap = tenant.get("/products", **{"attr[price][gte]": 20, "attr[price][lte]": 40, "limit": 1})
    assert 0 < cheap["pagination"]["total"] < 147


# --- modes ---------------------------------------------------------------------------------------------------------

def test_d13_what_the_file_does_not_say_stays(tenant):
    """D-13: a file with prices only changes prices; replacing is asked for."""
    full = {"sku": "KEEP-1", "name": "Keep", "imageUrl": "/a.png", "subImages": "/b.png,/c.png", "category": "Shop", "Colour": "red", "Price": "1"}
    upload(tenant, table([full]))
    assert upload(tenant, table([{"sku": "KEEP-1", "Price": "2"}]), mode="update")["updated"] == 1
    kept = by_sku(tenant, "KEEP-1")
    assert (kept["name"], kept["imageUrl"], kept["subImages"], values(kept)) == ("Keep", "/a.png", ["/b.png", "/c.png"], {"Colour": "red", "Price": "2"})
    assert upload(tenant, table([{"sku": "KEEP-1", "name": "Keep", "Price": "3"}]), mode="replace")["updated"] == 1
    replaced = by_sku(tenant, "KEEP-1")
    assert (replaced["imageUrl"], replaced["subImages"], values(replaced)) == (None, [], {"Price": "3"}) and "category" not in replaced
    assert upload(tenant, table([{"sku": "KEEP-1", "name": "Keep", "Price": "3"}]), mode="replace")["unchanged"] == 1


def test_products_are_only_made_or_only_changed(tenant):
    tenant.create(sku="HERE-1", name="Here")
    rows = table([{"sku": "HERE-1", "name": "Changed"}, {"sku": "NEW-01", "name": "New"}])
    made = upload(tenant, rows, mode="create")
    assert (made["created"], made["updated"], [f["row"] for f in made["failedRows"]]) == (1, 0, [2]) and "HERE-1" in made["failedRows"][0]["error"]
    changed = upload(tenant, table([{"sku": "HERE-1", "name": "Changed"}, {"sku": "NEW-02", "name": "Newer"}]), mode="update")
    assert (changed["created"], changed["updated"], [f["row"] for f in changed["failedRows"]]) == (0, 1, [3])


def test_acceptance_8_an_import_never_touches_the_trash(tenant, database):
    """Acceptance 8, in every mode: a trashed row stays what it is."""
    product = tenant.create(sku="DEAD-1", name="Dead")
    tenant.delete(product["id"])
    row = 'SELECT t::text FROM "Product" t WHERE id = %s'
    before = database.execute(row, (product["id"],)).fetchone()
    assert upload(tenant, table([{"sku": "DEAD-1", "name": "Dead"}]), mode="update")["rejected"] == 1
    for mode in ("upsert", "replace"):
        upload(tenant, table([{"sku": "DEAD-1", "name": "Dead"}]), mode=mode)
        assert database.execute(row, (product["id"],)).fetchone() == before
    assert by_sku(tenant, "DEAD-1")["id"] != product["id"]


def test_links_to_categories_in_the_trash_stay(tenant, database):
    upload(tenant, table([{"sku": "LINK-1", "name": "Link", "category": "A", "moreCategories": "B|C"}]))
    gone = database.execute('''SELECT id FROM "Category" WHERE "userId" = %s AND name = 'C' ''', (tenant.id,)).fetchone()[0]
    database.execute('UPDATE "Category" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s', (gone,))
    upload(tenant, table([{"sku": "LINK-1", "name": "Link", "category": "A", "moreCategories": "B|D"}]))
    links = database.execute('''SELECT c.name FROM "ProductCategory" m JOIN "Category" c ON c.id = m."categoryId" ORDER BY c.name''').fetchall()
    assert ("C",) in links and ("D",) in links and ("B",) in links


# --- dry runs ------------------------------------------------------------------------------------------------------

def test_a_dry_run_shows_what_would_be_and_changes_nothing(tenant, database):
    upload(tenant, table([{"sku": "DRY-1", "name": "Dry", "Colour": "red", "category": "Shop"}]))
    before = fingerprint(database)
    rows = table([{"sku": "DRY-1", "name": "Drier", "Colour": "blue", "category": "Shop/New", "family": "Towels", "Price [Decimal]": "1"},
                  {"sku": "DRY-2", "name": "Fresh", "Colour": "red"}, {"sku": "X", "name": "Bad"}])
    answer = tenant.request("POST", "/products/import", 200, files={"file": ("a.csv", rows)}, params={"dryRun": "true"}).json()
    assert answer["dryRun"] is True and (answer["created"], answer["updated"], answer["rejected"]) == (1, 1, 1)
    assert answer["wouldCreate"] == [{"row": 3, "sku": "DRY-2", "name": "Fresh"}]
    assert answer["wouldChange"] == [{"row": 2, "sku": "DRY-1", "name": "Drier", "fields": ["Colour", "Price", "category", "family", "name"]}]
    assert answer["wouldMake"] == {"attributes": [{"name": "Price", "type": "NUMBER"}], "families": ["Towels"], "categories": ["Shop/New"],
                                   "attributeGroups": []}
    assert [f["row"] for f in answer["failedRows"]] == [4]
    assert fingerprint(database) == before
    done = upload(tenant, rows)
    assert (done["dryRun"], done["created"], done["updated"]) == (False, 1, 1) and "wouldCreate" not in done


def test_the_command_shows_a_dry_run(tenant, database, tmp_path):
    (tmp_path / "a.csv").write_bytes(table([{"sku": "CMD-1", "name": "Command", "Colour": "red"}]))
    before = fingerprint(database)
    shown = tenant.service.run("import", tmp_path / "a.csv", "--user", tenant.email, "--dry-run").stdout
    assert "nothing was changed" in shown and 'make attribute "Colour" of type STRING' in shown and 'line 2: create CMD-1 "Command"' in shown
    assert fingerprint(database) == before


def test_acceptance_15_a_batch_is_told_once_and_row_by_row_where_it_failed(tenant):
    """Acceptance 15, D-38: one event for an import, with its numbers; none where nothing changed."""
    rows = table([{"sku": f"BATCH-{n:03}", "name": f"Batch {n}"} for n in range(500)])
    assert upload(tenant, rows)["created"] == 500
    events = [e for e in tenant.events() if e["action"] == "product.import"]
    assert [e["detail"]["created"] for e in events] == [500]
    upload(tenant, rows)
    assert len([e for e in tenant.events() if e["action"] == "product.import"]) == 1


def test_d53_d55_imports_at_once_do_not_disturb_each_other(tenant, other_tenant):
    """D-53, D-55: names are resolved within one import, whatever others do."""
    from concurrent.futures import ThreadPoolExecutor
    def one(number):
        api = (tenant, other_tenant)[number % 2]
        return upload(api, table([{"sku": f"SAME-{n:02}", "name": f"Same {n}", "family": "F", "Colour": f"c{n}", "category": "A/B"} for n in range(40)]))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert all(a["rejected"] == 0 for a in answers) and sum(a["created"] for a in answers) == 80
    assert types(tenant) == types(other_tenant) == {"Colour": "STRING"}
