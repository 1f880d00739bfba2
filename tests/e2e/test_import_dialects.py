"""Exports of other shops: Shopify, WooCommerce, and any other by a file that says which column is what. The data are made up;
the columns and the quirks are those of real exports."""

import json

import pytest

from service import REPOSITORY
from test_import import by_sku, fingerprint, table, upload

DATA = REPOSITORY / "tests/e2e/data"


def values(product: dict) -> dict:
    return {a["name"]: a["value"] for a in product["attributes"]}


def types(api) -> dict:
    return {a["name"]: a["type"] for a in api.get("/products/export/attributes")}


def twice(tenant, database, content: bytes, **fields) -> dict:
    """Imports; the second time nothing changes."""
    first = upload(tenant, content, **fields)
    before = fingerprint(database)
    again = upload(tenant, content, **fields)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, first["created"]), again
    assert fingerprint(database) == before
    return first


# --- Shopify -------------------------------------------------------------------------------------------------------

@pytest.fixture
def shopify(tenant, database):
    tenant.answer = twice(tenant, database, (DATA / "shopify.csv").read_bytes())
    return tenant


def test_shopify_rows_of_one_handle_are_a_product_with_variants(shopify):
    answer = shopify.answer
    assert (answer["dialect"], answer["failedRows"], answer["failedLinks"]) == ("shopify", [], [])
    assert (answer["created"], answer["variants"]) == (9, 5)
    jacket = by_sku(shopify, "harbour-rain-jacket")
    assert (jacket["name"], jacket["family"]["name"], jacket["category"]["name"]) == ("Harbour Rain Jacket", "Jackets", "Outerwear")
    assert {v["sku"]: v["name"] for v in jacket["variants"]} == {
        "NH-JK-S-BLU": "Harbour Rain Jacket - S / Sea Blue", "NH-JK-M-BLU": "Harbour Rain Jacket - M / Sea Blue",
        "harbour-rain-jacket-M / Moss": "Harbour Rain Jacket - M / Moss"}
    small = by_sku(shopify, "NH-JK-S-BLU")
    expected = {"Price": "129.95", "Compare At Price": "149.00", "Grams": "450", "Weight Unit": "kg", "Cost per item": "60.10",
                "Barcode": "0400638133393", "Size": "S", "Colour": "Sea Blue"}
    assert expected.items() <= values(small).items(), "and what it inherits"
    assert small["imageUrl"] == "https://cdn.example/jacket-blue.jpg"


def test_shopify_images_come_in_their_order_also_from_rows_of_their_own(shopify):
    jacket = by_sku(shopify, "harbour-rain-jacket")
    assert jacket["imageUrl"].endswith("jacket-front.jpg?v=1")
    assert [url.split("/")[-1].split(".")[0] for url in jacket["subImages"]] == ["jacket-side", "jacket-back", "jacket-detail"]


def test_shopify_texts_of_several_lines_tags_and_metafields_are_kept(shopify):
    told = values(by_sku(shopify, "harbour-rain-jacket"))
    assert told["Description"] == "<p>Keeps you <b>dry</b>,\neven at sea.</p>\n<ul>\n<li>taped seams</li>\n</ul>"
    assert (told["Fabric"], told["MPN"], told["Tags"]) == ("Waxed cotton", "NH-JK", 'rain, sea, "new"')
    assert {name: types(shopify)[name] for name in ("Price", "Tags", "Description", "Barcode")} == {
        "Price": "NUMBER", "Tags": "ARRAY", "Description": "HTML", "Barcode": "STRING"}
    assert {"Status", "Published", "Variant Inventory Qty", "Option1 Linked To"} <= set(shopify.answer["columnsLeftOut"])


def test_shopify_products_without_options_and_without_skus(shopify):
    mug = by_sku(shopify, "NH-MUG")
    assert mug["name"] == "Enamel Mug" and "variants" not in mug and values(mug)["Price"] == "12.00"
    voucher = next(p for p in shopify.get("/products?search=voucher")["data"])
    assert len(voucher["sku"]) == 40 and voucher["sku"].startswith("gift-voucher-with-a-handle-that")
    rope = by_sku(shopify, "rope-product")
    assert sorted(v["sku"] for v in rope["variants"]) == ["NH-ROPE-20", "rope"], "a variant has the handle as its SKU"


# --- WooCommerce ---------------------------------------------------------------------------------------------------

@pytest.fixture
def woo(tenant, database):
    tenant.answer = twice(tenant, database, (DATA / "woocommerce.csv").read_bytes())
    return tenant


def test_woocommerce_variations_belong_to_their_products(woo):
    answer = woo.answer
    assert (answer["dialect"], answer["failedRows"], answer["failedLinks"]) == ("woocommerce", [], [])
    assert (answer["created"], answer["variants"]) == (7, 3)
    tee = by_sku(woo, "LOOM-TEE")
    assert {v["sku"]: v["name"] for v in tee["variants"]} == {
        "LOOM-TEE-RED-S": "Loom Tee - Red, S", "woo-103": "Loom Tee - Deep Blue, M"}
    assert [v["sku"] for v in by_sku(woo, "woo-104")["variants"]] == ["LOOM-CAP-1"], "a parent without a SKU is named by its id"
    assert by_sku(woo, "LOOM-BOOK")["productLink"] == "https://books.example/loom"


def test_woocommerce_categories_are_paths_with_escaped_commas(woo, database):
    tee = by_sku(woo, "LOOM-TEE")
    assert tee["category"]["name"] == "Tees"
    more = database.execute('''SELECT c.name FROM "ProductCategory" m JOIN "Category" c ON c.id = m."categoryId"
                               WHERE m."productId" = %s ORDER BY m.position''', (tee["id"],)).fetchall()
    assert more == [("Sale",), ("Under 50, wrapped",)]
    assert tee["imageUrl"] == "https://shop.example/tee.jpg" and tee["subImages"] == ["https://shop.example/tee-2.jpg"]


def test_woocommerce_numbers_texts_and_attributes_are_what_they_mean(woo):
    """A byte order mark, semicolons, CRLF, decimal commas, \\n in texts, and protected formulas."""
    tee, red, blue = (values(by_sku(woo, sku)) for sku in ("LOOM-TEE", "LOOM-TEE-RED-S", "woo-103"))
    assert (red["Regular price"], red["Sale price"], red["Weight kg"], blue["Regular price"]) == ("19.90", "14.90", "0.240", "1219.90")
    assert (red["Colour"], red["Size"], tee["Colour"], tee["care"]) == ("Red", "S", "Red, Deep Blue", "30 degrees")
    assert tee["Description"] == '<p>Made of "cotton".</p>\n<p>Second line; with a semicolon</p>'
    assert tee["Short description"] == "Soft.\nVery soft." and values(by_sku(woo, "LOOM-BOOK"))["Description"] == "=Great"
    assert types(woo)["Regular price"] == types(woo)["Weight kg"] == "NUMBER"
    assert "Meta: _edit_last" in woo.answer["columnsLeftOut"]


@pytest.mark.parametrize("name", ["shopify", "woocommerce"])
def test_what_is_no_such_export_is_refused_with_the_column(tenant, name):
    answer = upload(tenant, b"sku,name\nS-01,A\n", expect=400, dialect=name)
    assert "has no column" in answer["message"]


# --- any other -----------------------------------------------------------------------------------------------------

def test_a_map_says_which_column_is_what(tenant, tmp_path):
    (tmp_path / "map.toml").write_text('''separator = "|"
[columns]
sku = "Artikelnummer"
name = "Bezeichnung"
category = "Warengruppe"
Colour = "Farbe"
"Price [Decimal]" = "Preis"
''')
    file = tmp_path / "german.csv"
    file.write_text("Artikelnummer|Bezeichnung|Farbe|Preis|Warengruppe|Lager\nDE-001|Becher, groß|rot|9.50|Küche/Becher|7\n")
    done = json.loads(tenant.service.run("import", file, "--user", tenant.email, "--map", tmp_path / "map.toml", "--json").stdout)
    assert (done["created"], done["columnsLeftOut"]) == (1, ["Lager"])
    cup = by_sku(tenant, "DE-001")
    assert (cup["name"], cup["category"]["name"], values(cup)) == ("Becher, groß", "Becher", {"Colour": "rot", "Price": "9.50"})
    assert types(tenant)["Price"] == "NUMBER"


@pytest.mark.parametrize("text, words", [("[columns\n", "line 1"), ("[columns]\nsku = 7\n", '"sku"'), ("columns = 1\n", '"columns"'),
                                         ("[fields]\n", '"fields"'), ("", "no columns"), ('separator = ";;"\n', "separator")])
def test_a_wrong_map_is_refused_with_the_reason(tenant, tmp_path, text, words):
    (tmp_path / "map.toml").write_text(text)
    (tmp_path / "a.csv").write_text("sku,name\n")
    refused = tenant.service.run("import", tmp_path / "a.csv", "--user", tenant.email, "--map", tmp_path / "map.toml", check=False)
    assert refused.returncode == 1 and words in refused.stderr
